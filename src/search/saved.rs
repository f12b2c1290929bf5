//! What an index leaves for the next one: its postings, its records, and which file came from which of its terms.

use super::collect::Record;
use super::intern::Interner;
use super::invert::Inverted;
use crate::cache::code::{Code, Input, code_struct};
use crate::cache::file::Sealed;
use crate::digest::Digest;
use crate::manifest::Entry;

/// Records that become bytes at once.
const PIECE: usize = 4096;
/// Fewer bytes than any record takes.
const LEAST: usize = 16;

/// The index of an earlier build.
#[derive(Default)]
pub struct Saved {
    pub(crate) index: Inverted,
    pub(crate) records: Vec<Record>,
    pub(crate) names: Interner,
    pub(crate) files: Files,
}

/// The files of an index, each with what it was made from.
#[derive(Default)]
pub(crate) struct Files {
    pub(crate) capacity: u32,
    /// The table of the prefix code.
    pub(crate) letters: Vec<u8>,
    pub(crate) products: Vec<String>,
    pub(crate) common_words: String,
    /// By first term.
    pub(crate) shards: Vec<Shard>,
    pub(crate) mentions: Vec<Mentions>,
    /// By block.
    pub(crate) titles: Vec<Entry>,
    /// Both lists; separators and files.
    pub(crate) spelling: Vec<Vec<(String, Entry)>>,
    /// A hash of what the facets of all documents are.
    pub(crate) facets: u64,
    /// The columns and the applies-to lists, in the order of the root.
    pub(crate) facet_files: Vec<Entry>,
}

/// A shard: its first term, how many terms it has, and the file.
pub(crate) struct Shard {
    pub(crate) first: u32,
    pub(crate) terms: u32,
    pub(crate) entry: Entry,
}

/// A file of bare mentions and its terms.
pub(crate) struct Mentions {
    pub(crate) ranks: Vec<u32>,
    pub(crate) entry: Entry,
}

code_struct!(Files { capacity, letters, products, common_words, shards, mentions, titles, spelling, facets, facet_files });
code_struct!(Shard { first, terms, entry });
code_struct!(Mentions { ranks, entry });

/// A record without its postings, which are gone when it is saved.
impl Code for Record {
    fn put(&self, out: &mut Vec<u8>) {
        let Self { origin, doc, url, id, title, product, kind, year, applies_to, weight, cited: _, postings: _ } = self;
        origin.to_le_bytes().put(out);
        doc.put(out);
        url.put(out);
        id.put(out);
        title.put(out);
        product.put(out);
        kind.put(out);
        year.put(out);
        applies_to.put(out);
        weight.put(out);
    }

    fn get(input: &mut Input<'_>) -> Option<Self> {
        Some(Self {
            origin: u64::from_le_bytes(Code::get(input)?),
            doc: Code::get(input)?,
            url: Code::get(input)?,
            id: Code::get(input)?,
            title: Code::get(input)?,
            product: Code::get(input)?,
            kind: Code::get(input)?,
            year: Code::get(input)?,
            applies_to: Code::get(input)?,
            weight: Code::get(input)?,
            cited: 0,
            postings: (0, 0, 0),
        })
    }
}

impl Saved {
    /// The number and the origin of each document, in the order that [`Past::moves`](super::Past::moves) has.
    pub fn documents(&self) -> impl Iterator<Item = (u32, u64)> {
        self.records.iter().map(|record| (record.doc, record.origin))
    }

    /// What [`Saved::parts`] wrote; `None` where it is something else.
    pub(crate) fn read(cached: &Sealed) -> Option<Self> {
        let mut parts = Parts { cached, next: 0, buffer: Vec::new() };
        let lengths = parts.next()?.as_chunks().0.iter().map(|length| usize::try_from(u64::from_le_bytes(*length)).ok());
        let lengths: [usize; 3] = lengths.collect::<Option<Vec<usize>>>()?.try_into().ok()?;
        // Room is made for no more than there is.
        lengths.iter().try_fold(0, |sum: usize, length| sum.checked_add(*length)).filter(|sum| *sum <= cached.size())?;
        let (index, last) = Inverted::read(&mut parts, lengths)?;
        let mut head = Input::new(parts.next()?);
        let names: Vec<Box<str>> = Code::get(&mut head)?;
        let files: Files = Code::get(&mut head)?;
        let count = usize::get(&mut head).filter(|count| head.is_empty() && *count <= cached.size() / LEAST)?;
        let mut records: Vec<Record> = Vec::with_capacity(count);
        while records.len() < count {
            let mut part = Input::new(parts.next().filter(|part| !part.is_empty())?);
            while !part.is_empty() {
                records.push(Record::get(&mut part)?);
            }
        }
        let mut interner = Interner::new();
        let is_sound = records.len() == count
            && parts.next == cached.len()
            && names.iter().enumerate().all(|(i, name)| interner.number(name.as_bytes()) as usize == i)
            && records.is_sorted_by(|a, b| a.doc < b.doc)
            && records.last().map_or(0, |record| record.doc) >= last
            && records.last().is_none_or(|record| record.doc < 1 << 24)
            && records.iter().all(|record| record.applies_to.iter().all(|name| (*name as usize) < names.len()));
        is_sound.then_some(Self { index, records, names: interner, files })
    }

    /// The index as bytes, in parts that follow one another.
    pub(crate) fn parts(&self) -> impl Iterator<Item = Vec<u8>> {
        let Self { index, records, names, files } = self;
        let lengths = index.lengths().map(|length| (length as u64).to_le_bytes()).concat();
        let mut head = Vec::new();
        (0..names.len() as u32).map(|name| Box::from(names.text(name))).collect::<Vec<Box<str>>>().put(&mut head);
        files.put(&mut head);
        records.len().put(&mut head);
        let records = records.chunks(PIECE).map(|records| {
            let mut out = Vec::with_capacity(records.len() * 160);
            records.iter().for_each(|record| record.put(&mut out));
            out
        });
        std::iter::once(lengths).chain(index.bytes()).chain(std::iter::once(head)).chain(records)
    }
}

/// Reads the parts one after another.
pub(crate) struct Parts<'s> {
    cached: &'s Sealed,
    next: usize,
    buffer: Vec<u8>,
}

impl Parts<'_> {
    fn next(&mut self) -> Option<&[u8]> {
        self.next += 1;
        self.cached.part(self.next - 1, &mut self.buffer)
    }

    /// Gives `take` the next parts, which together must have `length` bytes.
    pub(crate) fn take(&mut self, length: usize, mut take: impl FnMut(&[u8])) -> Option<()> {
        let mut rest = length;
        while rest > 0 {
            let part = self.next()?;
            rest = rest.checked_sub(part.len())?;
            take(part);
        }
        Some(())
    }
}

/// A hash of what the files of the facets are made from.
pub(crate) fn facets_digest(records: &[Record], names: &Interner) -> u64 {
    let mut digest = Digest::new();
    for record in records {
        digest.add((record.doc, record.year, &record.id, record.kind, &record.product));
        record.applies_to.iter().for_each(|name| {
            digest.add(names.term(*name));
        });
    }
    digest.end()
}
