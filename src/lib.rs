//! kbpress turns a folder of knowledge-base articles into a static site.

pub mod article;
pub mod config;
pub mod diagnostic;
pub mod encoding;
pub mod event;
pub mod explain;
pub mod front_matter;
pub mod kb;
pub mod reference;
pub mod report;
pub mod source;

#[cfg(test)]
mod testing;
