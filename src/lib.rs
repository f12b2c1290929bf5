//! kbpress turns a folder of knowledge-base articles into a static site.

pub mod article;
pub mod diagnostic;
pub mod event;
pub mod front_matter;
pub mod kb;
pub mod reference;
pub mod search;
pub mod source;
