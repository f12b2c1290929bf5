//! Values by keys, still encoded: a build looks at most of them once at most, so that to decode all of them into another place would
//! cost time and memory for nothing.

use ahash::HashMap;

use super::code::{Code, Input};

/// Values by keys.
#[derive(Debug, Default)]
pub(crate) struct Table {
    bytes: Vec<u8>,
    /// Where in `bytes` a value is.
    places: HashMap<u64, u32>,
}

impl Table {
    /// The entries that [`put`] wrote, one after another; `None` where it is something else.
    pub(crate) fn new(bytes: Vec<u8>) -> Option<Self> {
        let mut input = Input::new(&bytes);
        let mut count = 0;
        while !input.is_empty() {
            next(&mut input)?;
            count += 1;
        }
        let mut places = HashMap::with_capacity_and_hasher(count, ahash::RandomState::default());
        let mut input = Input::new(&bytes);
        while !input.is_empty() {
            let (key, value) = next(&mut input)?;
            places.insert(key, u32::try_from(input.at(&bytes) - value.len()).ok()?);
        }
        Some(Self { bytes, places })
    }

    /// The value with this key, if it is one of this type.
    pub(crate) fn get<T: Code>(&self, key: u64) -> Option<T> {
        T::get(&mut Input::new(self.bytes.get(*self.places.get(&key)? as usize..)?))
    }

    /// Whether there is nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }
}

/// The next key and its value, encoded.
fn next<'b>(input: &mut Input<'b>) -> Option<(u64, &'b [u8])> {
    let key = u64::from_le_bytes(Code::get(input)?);
    let length = usize::get(input)?;
    Some((key, input.take(length)?))
}

/// Appends an entry; `encoded` is room for one value.
pub(crate) fn put(key: u64, value: &impl Code, encoded: &mut Vec<u8>, out: &mut Vec<u8>) {
    encoded.clear();
    value.put(encoded);
    out.extend(key.to_le_bytes());
    encoded.len().put(out);
    out.extend_from_slice(encoded);
}
