//! kbpress turns a folder of knowledge-base articles into a static site.

pub mod anchor;
pub mod article;
pub mod bare_url;
pub mod content;
pub mod diagnostic;
pub mod event;
pub mod front_matter;
pub mod highlight;
pub mod html;
pub mod kb;
pub mod liquid;
pub mod markdown;
pub mod reference;
pub mod source;
