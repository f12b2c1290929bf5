//! Documents into postings, one document at a time: what a worker thread keeps while pages go by.

use super::impact::{self, FIELDS, Field, TITLE_LEVEL};
use super::intern::Interner;
use super::titles;
use super::tokenize::{self, Kind, tokenize};
use super::{Document, Options};

/// A title position that is unknown or beyond what four bits can say.
pub(crate) const FAR: u8 = 15;
/// A code, number or file name among the symptoms is what the reader has on the screen: it counts as if it stood there so many times.
const CODE_IN_LEAD: u16 = 3;
/// Postings per block of the store: a block never moves, so growing costs no second copy.
const BLOCK: usize = 1 << 16;

/// What a title block and the facets say of one document.
pub(crate) struct Record {
    pub(crate) origin: u64,
    pub(crate) doc: u32,
    pub(crate) url: Box<str>,
    pub(crate) id: Box<str>,
    pub(crate) title: Box<str>,
    pub(crate) product: Box<str>,
    /// Its place in [`KINDS`](super::KINDS).
    pub(crate) kind: u8,
    pub(crate) year: u16,
    pub(crate) applies_to: Box<[u32]>,
    pub(crate) weight: f32,
    pub(crate) cited: u32,
    /// Block, first posting in it, and number of postings.
    pub(crate) postings: (u32, u32, u32),
}

/// The postings of the documents that one thread has seen.
pub(crate) struct Postings {
    terms: Interner,
    pub(crate) names: Interner,
    pub(crate) records: Vec<Record>,
    /// `term << 8 | level << 4 | title position`, document after document.
    pub(crate) blocks: Vec<Vec<u32>>,
    stop_words: Interner,
    /// The terms of the document at hand: few enough to stay in the processor's cache, so that the table of all terms is asked only once
    /// for each of them.
    own: Interner,
    /// What the document has of each of them.
    slots: Vec<Slot>,
    /// Their numbers among all terms.
    numbers: Vec<u32>,
}

/// What the document at hand has of a term.
struct Slot {
    is_stop_word: bool,
    frequencies: [u16; FIELDS],
    position: u8,
}

impl Postings {
    pub(crate) fn new(options: &Options) -> Self {
        let mut stop_words = Interner::new();
        for word in &options.stop_words {
            stop_words.number(tokenize::fold(word).to_ascii_lowercase().as_bytes());
        }
        Self {
            terms: Interner::new(),
            names: Interner::new(),
            records: Vec::new(),
            blocks: Vec::new(),
            stop_words,
            own: Interner::new(),
            slots: Vec::new(),
            numbers: Vec::new(),
        }
    }

    /// The terms by their numbers, after the last document.
    pub(crate) fn take_terms(&mut self) -> Interner {
        std::mem::take(&mut self.terms)
    }

    /// Adds a document under its number.
    pub(crate) fn add(&mut self, doc: u32, document: &Document) {
        let title = document.title.strip_prefix(document.id).and_then(|rest| rest.strip_prefix(": ")).unwrap_or(document.title);
        let mut lengths = [0; FIELDS];
        self.field(Field::Title, title, &mut lengths);
        if !document.id.is_empty() {
            let id = tokenize::fold(document.id).to_ascii_lowercase();
            self.term(Field::Title, id.as_bytes(), u32::from(FAR));
        }
        self.field(Field::QueryWords, document.query_words, &mut lengths);
        self.field(Field::Lead, document.lead, &mut lengths);
        for code in document.codes {
            self.field(Field::Lead, code, &mut lengths);
        }
        self.field(Field::Body, document.body, &mut lengths);
        self.field(Field::Meta, document.meta, &mut lengths);
        let postings = self.store(&lengths);
        let applies_to = document.applies_to.iter().map(|name| self.names.number(name.as_bytes())).collect();
        self.records.push(Record {
            origin: document.origin,
            doc,
            url: document.url.into(),
            id: document.id.into(),
            title: title.into(),
            product: document.product.into(),
            kind: titles::kind_number(document.kind),
            year: document.year,
            applies_to,
            weight: if document.retired { document.boost * 0.25 } else { document.boost },
            cited: document.cited,
            postings,
        });
    }

    fn field(&mut self, field: Field, text: &str, lengths: &mut [u32; FIELDS]) {
        tokenize(text, |kind, term, position| {
            let counted = self.term(field, term, position);
            lengths[field as usize] += u32::from(counted && matches!(kind, Kind::Word | Kind::Whole));
        });
    }

    /// Counts a term; false for a stop word outside a title, which is left out.
    fn term(&mut self, field: Field, term: &[u8], position: u32) -> bool {
        let own = self.own.number(term) as usize;
        if own == self.slots.len() {
            let position = if field == Field::Title { position.min(u32::from(FAR)) as u8 } else { FAR };
            self.slots.push(Slot { is_stop_word: self.stop_words.find(term).is_some(), frequencies: [0; FIELDS], position });
        }
        let slot = &mut self.slots[own];
        if slot.is_stop_word && field != Field::Title {
            return false;
        }
        let is_code = || term.iter().any(|byte| byte.is_ascii() && !byte.is_ascii_alphabetic());
        let times = if field == Field::Lead && is_code() { CODE_IN_LEAD } else { 1 };
        let frequency = &mut slot.frequencies[field as usize];
        *frequency = frequency.saturating_add(times);
        true
    }

    fn store(&mut self, lengths: &[u32; FIELDS]) -> (u32, u32, u32) {
        self.numbers.clear();
        self.terms.number_all(&self.own, &mut self.numbers);
        self.own.clear();
        let fits = self.blocks.last().is_some_and(|block| block.len() + self.slots.len() <= block.capacity());
        if !fits {
            self.blocks.push(Vec::with_capacity(BLOCK.max(self.slots.len())));
        }
        let dilution = impact::dilution(lengths);
        let last = self.blocks.len() - 1;
        let block = &mut self.blocks[last];
        let start = block.len();
        for (slot, term) in self.slots.drain(..).zip(&self.numbers) {
            let stood_in_no_title = slot.is_stop_word && slot.frequencies[Field::Title as usize] == 0;
            if stood_in_no_title {
                continue;
            }
            let level = impact::level(&slot.frequencies, &dilution);
            let position = if level >= TITLE_LEVEL { slot.position } else { FAR };
            block.push(term << 8 | u32::from(level << 4 | position));
        }
        (last as u32, start as u32, (block.len() - start) as u32)
    }
}
