//! Values ↔ bytes: a plain encoding of what the cache holds. Reading takes any bytes: what is not an encoding is `None`, never a panic,
//! never more memory than a small multiple of the input.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde_json::Value;

use crate::source::{Located, Span};
use crate::strings::Strings;

/// How deep lists may be nested.
const MAX_DEPTH: u32 = 64;

/// A value that the cache can hold.
pub(crate) trait Code: Sized {
    /// Appends the value.
    fn put(&self, out: &mut Vec<u8>);
    /// Takes a value off the start of `input`; `None` where there is none.
    fn get(input: &mut Input<'_>) -> Option<Self>;
}

/// Bytes that are being read.
pub(crate) struct Input<'b> {
    rest: &'b [u8],
    depth: u32,
}

impl<'b> Input<'b> {
    pub(crate) fn new(bytes: &'b [u8]) -> Self {
        Self { rest: bytes, depth: 0 }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next `length` bytes.
    pub(crate) fn take(&mut self, length: usize) -> Option<&'b [u8]> {
        let (bytes, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(bytes)
    }

    /// How far into `all`, which it is the end of, it has come.
    pub(crate) fn at(&self, all: &[u8]) -> usize {
        all.len() - self.rest.len()
    }

    /// A text, without a copy.
    pub(crate) fn text(&mut self) -> Option<&'b str> {
        let length = usize::get(self)?;
        std::str::from_utf8(self.take(length)?).ok()
    }

    /// What `get` reads one level further down.
    fn nested<T>(&mut self, get: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        self.depth += 1;
        let value = if self.depth > MAX_DEPTH { None } else { get(self) };
        self.depth -= 1;
        value
    }
}

/// Appends a text as [`Input::text`] reads it.
pub(crate) fn put_text(text: &str, out: &mut Vec<u8>) {
    text.len().put(out);
    out.extend_from_slice(text.as_bytes());
}

/// The whole of `bytes` as one value.
#[cfg(test)]
pub(crate) fn decode<T: Code>(bytes: &[u8]) -> Option<T> {
    let mut input = Input::new(bytes);
    T::get(&mut input).filter(|_| input.is_empty())
}

impl Code for u64 {
    fn put(&self, out: &mut Vec<u8>) {
        let mut value = *self;
        while value >= 0x80 {
            out.push(value as u8 | 0x80);
            value >>= 7;
        }
        out.push(value as u8);
    }

    fn get(input: &mut Input<'_>) -> Option<Self> {
        // Most numbers are small.
        if let Some((&byte, rest)) = input.rest.split_first().filter(|(byte, _)| **byte < 0x80) {
            input.rest = rest;
            return Some(byte.into());
        }
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let [byte] = *input.take(1)? else { return None };
            value |= u64::from(byte & 0x7f).checked_shl(shift)?;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }
}

macro_rules! code_numbers {
    ($($number:ty),*) => {$(
        impl Code for $number {
            fn put(&self, out: &mut Vec<u8>) {
                (*self as u64).put(out);
            }

            fn get(input: &mut Input<'_>) -> Option<Self> {
                u64::get(input)?.try_into().ok()
            }
        }
    )*};
}

code_numbers!(u8, u16, u32, usize);

impl Code for i64 {
    fn put(&self, out: &mut Vec<u8>) {
        ((*self << 1 ^ *self >> 63) as u64).put(out);
    }

    fn get(input: &mut Input<'_>) -> Option<Self> {
        let value = u64::get(input)?;
        Some((value >> 1) as i64 ^ -((value & 1) as i64))
    }
}

impl Code for f32 {
    fn put(&self, out: &mut Vec<u8>) {
        self.to_bits().put(out);
    }

    fn get(input: &mut Input<'_>) -> Option<Self> {
        u32::get(input).map(Self::from_bits)
    }
}

impl Code for bool {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(u8::from(*self));
    }

    fn get(input: &mut Input<'_>) -> Option<Self> {
        match u8::get(input)? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }
}

impl<const N: usize> Code for [u8; N] {
    fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self);
    }

    fn get(input: &mut Input<'_>) -> Option<Self> {
        input.take(N)?.try_into().ok()
    }
}

impl Code for Box<str> {
    fn put(&self, out: &mut Vec<u8>) {
        put_text(self, out);
    }

    fn get(input: &mut Input<'_>) -> Option<Self> {
        input.text().map(Into::into)
    }
}

impl Code for String {
    fn put(&self, out: &mut Vec<u8>) {
        put_text(self, out);
    }

    fn get(input: &mut Input<'_>) -> Option<Self> {
        input.text().map(Into::into)
    }
}

impl Code for Strings {
    fn put(&self, out: &mut Vec<u8>) {
        put_text(self.joined(), out);
    }

    fn get(input: &mut Input<'_>) -> Option<Self> {
        input.text().map(Self::from_joined)
    }
}

impl<T: Code> Code for Option<T> {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(u8::from(self.is_some()));
        if let Some(value) = self {
            value.put(out);
        }
    }

    fn get(input: &mut Input<'_>) -> Option<Self> {
        if bool::get(input)? { T::get(input).map(Some) } else { Some(None) }
    }
}

impl<T: Code> Code for Vec<T> {
    fn put(&self, out: &mut Vec<u8>) {
        self.len().put(out);
        self.iter().for_each(|item| item.put(out));
    }

    fn get(input: &mut Input<'_>) -> Option<Self> {
        let length = usize::get(input)?;
        // An item takes at least a byte: no list is longer than what is left.
        let mut items = Self::with_capacity(length.min(input.rest.len()).min(4096));
        input.nested(|input| {
            for _ in 0..length {
                items.push(T::get(input)?);
            }
            items.shrink_to_fit();
            Some(items)
        })
    }
}

impl<T: Code> Code for Box<[T]> {
    fn put(&self, out: &mut Vec<u8>) {
        self.len().put(out);
        self.iter().for_each(|item| item.put(out));
    }

    fn get(input: &mut Input<'_>) -> Option<Self> {
        Vec::get(input).map(Vec::into_boxed_slice)
    }
}

impl<T: Code> Code for Box<T> {
    fn put(&self, out: &mut Vec<u8>) {
        (**self).put(out);
    }

    fn get(input: &mut Input<'_>) -> Option<Self> {
        T::get(input).map(Self::new)
    }
}

impl<A: Code, B: Code> Code for (A, B) {
    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
        self.1.put(out);
    }

    fn get(input: &mut Input<'_>) -> Option<Self> {
        Some((A::get(input)?, B::get(input)?))
    }
}

impl<T: Code> Code for BTreeMap<String, T> {
    fn put(&self, out: &mut Vec<u8>) {
        self.len().put(out);
        for (key, value) in self {
            key.put(out);
            value.put(out);
        }
    }

    fn get(input: &mut Input<'_>) -> Option<Self> {
        Vec::<(String, T)>::get(input).map(|pairs| pairs.into_iter().collect())
    }
}

impl Code for Span {
    fn put(&self, out: &mut Vec<u8>) {
        self.start.put(out);
        self.end.wrapping_sub(self.start).put(out);
    }

    fn get(input: &mut Input<'_>) -> Option<Self> {
        let start = u32::get(input)?;
        Some(Self { start, end: start.checked_add(u32::get(input)?)? })
    }
}

impl<T: Code> Code for Located<T> {
    fn put(&self, out: &mut Vec<u8>) {
        self.value.put(out);
        self.span.put(out);
    }

    fn get(input: &mut Input<'_>) -> Option<Self> {
        Some(Self::new(T::get(input)?, Span::get(input)?))
    }
}

impl Code for Date {
    fn put(&self, out: &mut Vec<u8>) {
        i64::from(self.year()).put(out);
        out.extend([self.month().unsigned_abs(), self.day().unsigned_abs()]);
    }

    fn get(input: &mut Input<'_>) -> Option<Self> {
        let year = i16::try_from(i64::get(input)?).ok()?;
        let [month, day] = <[u8; 2]>::get(input)?;
        Self::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
    }
}

/// Numbers keep their form: `1` and `1.0` are two values.
impl Code for Value {
    fn put(&self, out: &mut Vec<u8>) {
        match self {
            Self::Null => out.push(0),
            Self::Bool(value) => out.extend([1, u8::from(*value)]),
            Self::Number(number) => {
                if let Some(value) = number.as_u64() {
                    out.push(2);
                    value.put(out);
                } else if let Some(value) = number.as_i64() {
                    out.push(3);
                    value.put(out);
                } else {
                    out.push(4);
                    out.extend(number.as_f64().unwrap_or_default().to_le_bytes());
                }
            }
            Self::String(text) => {
                out.push(5);
                text.put(out);
            }
            Self::Array(items) => {
                out.push(6);
                items.put(out);
            }
            Self::Object(map) => {
                out.push(7);
                map.len().put(out);
                for (key, value) in map {
                    key.put(out);
                    value.put(out);
                }
            }
        }
    }

    fn get(input: &mut Input<'_>) -> Option<Self> {
        Some(match u8::get(input)? {
            0 => Self::Null,
            1 => Self::Bool(bool::get(input)?),
            2 => u64::get(input)?.into(),
            3 => i64::get(input)?.into(),
            4 => serde_json::Number::from_f64(f64::from_le_bytes(<[u8; 8]>::get(input)?))?.into(),
            5 => Self::String(String::get(input)?),
            6 => Self::Array(Vec::get(input)?),
            7 => Self::Object(Vec::<(String, Self)>::get(input)?.into_iter().collect()),
            _ => return None,
        })
    }
}

/// [`Code`] of a struct, field by field; one that is left out does not compile.
macro_rules! code_struct {
    ($type:ty { $($field:ident),* $(,)? }) => {
        impl $crate::cache::code::Code for $type {
            fn put(&self, out: &mut Vec<u8>) {
                let Self { $($field),* } = self;
                $($crate::cache::code::Code::put($field, out);)*
            }

            fn get(input: &mut $crate::cache::code::Input<'_>) -> Option<Self> {
                $(let $field = $crate::cache::code::Code::get(input)?;)*
                Some(Self { $($field),* })
            }
        }
    };
}

/// [`Code`] of an enumeration without values; a variant that is left out does not compile.
macro_rules! code_enum {
    ($type:ty { $($variant:ident = $number:literal),* $(,)? }) => {
        impl $crate::cache::code::Code for $type {
            fn put(&self, out: &mut Vec<u8>) {
                out.push(match self {
                    $(Self::$variant => $number),*
                });
            }

            fn get(input: &mut $crate::cache::code::Input<'_>) -> Option<Self> {
                match u8::get(input)? {
                    $($number => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }
    };
}

pub(crate) use {code_enum, code_struct};

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn and_back<T: Code>(value: &T) -> Option<T> {
        let mut bytes = Vec::new();
        value.put(&mut bytes);
        decode(&bytes)
    }

    #[test]
    fn values_come_back() {
        for number in [0, 1, 0x7f, 0x80, 1 << 40, u64::MAX] {
            assert_eq!(and_back(&number), Some(number));
        }
        for number in [0, -1, 1, i64::MIN, i64::MAX] {
            assert_eq!(and_back(&number), Some(number));
        }
        let value = json!({"a": [1, -1, 1.0, 0.1, 1e300, null, true, "é"], "b": {"c": []}});
        assert_eq!(and_back(&value), Some(value));
        let date = jiff::civil::date(-44, 3, 15);
        assert_eq!(and_back(&date), Some(date));
    }

    #[test]
    fn other_bytes_are_no_value() {
        assert_eq!(decode::<u64>(&[0x80]), None);
        assert_eq!(decode::<u64>(&[0xff; 11]), None);
        assert_eq!(decode::<u8>(&[0x80, 2]), None, "256 is no byte");
        assert_eq!(decode::<String>(&[2, 0xff, 0xfe]), None, "no UTF-8");
        assert_eq!(decode::<Vec<u8>>(&[0xff, 0xff, 0xff, 0xff, 0x0f, 1]), None, "longer than there are bytes");
        assert_eq!(decode::<Date>(&[0, 13, 1]), None);
        assert_eq!(decode::<Value>(&[6, 1].repeat(100)), None, "deeper than anything that is written");
        assert_eq!(decode::<u8>(&[1, 1]), None, "bytes are left over");
    }
}
