//! kbpress turns a folder of knowledge-base articles into a fast, searchable static site.
//!
//! ```text
//! site.toml  content/  templates/  static/
//!    │ load        the only reader of the disk                 Sources
//!    ▼ parse       one file at a time, knows no other          Vec<Article>
//!    ▼ assemble    places articles: URLs, sections, terms      Site
//!    ▼ check       links, anchors, references, collisions      Diagnostics
//!    ▼ render      routes → bytes, one page at a time          Rendered
//!    ▼ write       the only writer of the output               public/
//! ```
//!
//! Each arrow is a function from plain values to a plain value and a list of [`Diagnostic`](diagnostic::Diagnostic)s; [`build`] is the
//! whole line. A body is converted while its page is rendered and dropped with it, so nothing that grows with the text is held but the
//! text itself.

pub mod beside;
pub mod digest;
pub mod source;
pub mod strings;
pub mod text;

pub mod diagnostic;
pub mod explain;
pub mod report;

pub mod config;
pub mod labels;
pub mod load;
pub mod look;

pub mod anchor;
pub mod article;
pub mod codes;
pub mod encoding;
pub mod front_matter;
pub mod kb;
pub mod parse;
pub mod reference;

pub mod code_index;
pub mod link_lists;
pub mod links;
pub mod permalink;
pub mod resolve;
pub mod routes;
pub mod sentence;
pub mod site;
pub mod taxonomy;

pub mod check;
pub mod lint;

pub mod bare_url;
pub mod content;
pub mod event;
pub mod highlight;
pub mod html;
pub mod liquid;
pub mod markdown;

pub mod feeds;
pub mod hosting;
pub mod machines;
pub mod render;
pub mod theme;
pub mod view;

pub mod indexing;
pub mod search;

pub mod inputs;
pub mod manifest;
pub mod siblings;
pub mod write;

pub mod archive;
pub mod baseline;
pub mod build;
pub mod cache;
pub mod changes;
pub mod cli;
pub mod external;
pub mod import;
pub mod inspect;
pub mod list;
#[cfg(feature = "publish")]
pub mod publish;
pub mod scaffold;
pub mod schema;
pub mod serve;
pub mod timings;

#[cfg(test)]
mod testing;
