//! The old plain-text KB form: what the header, the applies-to block, the body and the trailer of such a text are, where they are, and
//! the body as events. The parser never fails and never changes a character.
//!
//! A text is cut into [`Segments`] first; everything else reads the source again through them, as much as it needs:
//! [`fields`] the header and the trailer, [`outline`] the lines, [`events`] every word.

mod applies;
mod block;
mod body;
mod code;
mod fields;
mod keyword;
mod line;
mod list;
mod outline;
mod scan;
mod segment;
mod statement;
#[cfg(test)]
mod tests;
mod title;
mod words;
mod writer;

pub use applies::{applies_to, plain_name, product_and_versions};
pub use body::{events, preamble_events};
pub use fields::{fields, raw_fields};
pub use keyword::keyword_label;
pub use outline::outline;
pub use segment::{Segments, segment};
pub use title::{infer_kind, series};
