//! What the files of the output were made from, as hashes, and what they were then.

use ahash::HashMap;

use super::code::{Code, Input, code_struct};
use crate::content::Asked;
use crate::load::key;
use crate::manifest::Entry;
use crate::permalink::OutPath;
use crate::render::{PARTS, Parts};

code_struct!(Asked { numbers, destinations });
code_struct!(Entry { size, hash });
code_struct!(Page { parts, entry, asked });

impl Code for Parts {
    fn put(&self, out: &mut Vec<u8>) {
        self.all.to_le_bytes().put(out);
        self.near.to_le_bytes().put(out);
        self.sorts.iter().for_each(|sort| sort.to_le_bytes().put(out));
    }

    fn get(input: &mut Input<'_>) -> Option<Self> {
        let (all, near) = (u64::from_le_bytes(Code::get(input)?), u64::from_le_bytes(Code::get(input)?));
        let mut sorts = [0; PARTS];
        for sort in &mut sorts {
            *sort = u16::from_le_bytes(Code::get(input)?);
        }
        Some(Self { all, near, sorts })
    }
}

/// One file of the output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// What it was made from.
    pub parts: Parts,
    /// What it was then.
    pub entry: Entry,
    /// What its text asked of other pages.
    pub asked: Asked,
}

/// The files of an output.
#[derive(Debug, Default)]
pub struct Pages {
    by_path: HashMap<u64, Page>,
    /// [`Dependencies::world`](crate::render::Dependencies::world) at the time.
    pub world: u64,
}

impl Pages {
    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.by_path.is_empty()
    }

    /// The file at this path.
    pub fn page(&self, path: &str) -> Option<&Page> {
        self.by_path.get(&key(path))
    }

    /// What [`Pages::put`] wrote.
    pub(super) fn get(bytes: &[u8]) -> Option<Self> {
        let mut input = Input::new(bytes);
        let world = u64::from_le_bytes(Code::get(&mut input)?);
        let mut by_path = HashMap::with_capacity_and_hasher(bytes.len() / 56, ahash::RandomState::default());
        while !input.is_empty() {
            by_path.insert(u64::from_le_bytes(Code::get(&mut input)?), Page::get(&mut input)?);
        }
        Some(Self { by_path, world })
    }

    /// Pages that [`encoded`] wrote, and the world that they were made in.
    pub(super) fn put(world: u64, pages: &[Box<[u8]>]) -> Vec<u8> {
        let mut out = Vec::with_capacity(8 + pages.iter().map(|page| page.len()).sum::<usize>());
        world.to_le_bytes().put(&mut out);
        pages.iter().for_each(|page| out.extend_from_slice(page));
        out
    }
}

/// The page at this path as bytes. Tens of thousands wait for their end while the site is rendered, so they take little.
pub fn encoded(path: &OutPath, page: &Page) -> Box<[u8]> {
    let mut out = Vec::with_capacity(96);
    key(path.as_str()).to_le_bytes().put(&mut out);
    page.put(&mut out);
    out.into()
}
