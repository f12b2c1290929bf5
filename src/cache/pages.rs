//! What the files of the output were made from, as hashes, and what they were then.

use super::code::{Code, Input, code_struct};
use super::table::{self, Table};
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

/// The files of an output, by the [`key`]s of their paths.
#[derive(Debug, Default)]
pub struct Pages {
    files: Table,
    /// [`Dependencies::world`](crate::render::Dependencies::world) at the time.
    pub world: u64,
}

impl Pages {
    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The file at this path.
    pub fn page(&self, path: &str) -> Option<Page> {
        self.files.get(key(path))
    }

    /// What [`Pages::put`] wrote.
    pub(super) fn get([world, files]: [Vec<u8>; 2]) -> Option<Self> {
        Some(Self { files: Table::new(files)?, world: u64::from_le_bytes(world.try_into().ok()?) })
    }

    /// Pages that [`encoded`] wrote, and the world that they were made in.
    pub(super) fn put(world: u64, pages: &[Box<[u8]>]) -> [Vec<u8>; 2] {
        [world.to_le_bytes().to_vec(), pages.concat()]
    }
}

/// The page at this path as bytes. Tens of thousands wait for their end while the site is rendered, so they take little.
pub fn encoded(path: &OutPath, page: &Page) -> Box<[u8]> {
    let mut out = Vec::with_capacity(96);
    table::put(key(path.as_str()), page, &mut Vec::with_capacity(96), &mut out);
    out.into()
}
