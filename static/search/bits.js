// Reading the index files: bits, sorted document lists, and the prefix code of terms. The writer is `src/search/bits.rs`.

/** A bit stream, most significant bit first. */
export class Bits {
  constructor(bytes, at = 0) {
    this.bytes = bytes;
    this.at = at * 8;
  }

  /** The next `width` bits, 0 to 24, as a number. */
  read(width) {
    const { bytes, at } = this;
    const i = at >> 3;
    this.at = at + width;
    const word = ((bytes[i] << 24) | (bytes[i + 1] << 16) | (bytes[i + 2] << 8) | bytes[i + 3]) << (at & 7);
    return width ? word >>> (32 - width) : 0;
  }

  /** A number of at least 1. */
  gamma() {
    let width = 0;
    while (!this.read(1)) if (++width > 24) throw new RangeError('damaged index');
    return (1 << width) | this.read(width);
  }

  /** A number below `range`. */
  truncated(range) {
    const width = 31 - Math.clz32(range);
    const short = 2 * (1 << width) - range;
    const value = this.read(width);
    return value < short ? value : ((value << 1) | this.read(1)) - short;
  }

  /** Fills `out[from..to]` with rising numbers in `low..=high`. */
  interpolative(out, from, to, low, high) {
    while (to > from) {
      const last = to - from - 1;
      if (high - low === last) {
        for (let i = from; i < to; i++) out[i] = low + i - from;
        return;
      }
      const middle = (last + 1) >> 1;
      const least = low + middle;
      const value = least + this.truncated(high - last + middle - least + 1);
      out[from + middle] = value;
      this.interpolative(out, from, from + middle, low, value - 1);
      from += middle + 1;
      low = value + 1;
    }
  }
}

/** The prefix code of the letters of terms, from its table: how many words of each length, then the symbols. */
export class Letters {
  constructor(table) {
    this.counts = table.subarray(0, 15);
    this.symbols = table.subarray(15);
    // The end (0) and the escape (1) come last among the symbols of their lengths; no term has these bytes.
  }

  /** One symbol: a byte, 0 for the end, 1 for the escape. */
  next(bits) {
    let code = 0;
    let first = 0;
    let index = 0;
    for (const count of this.counts) {
      code |= bits.read(1);
      if (code - first < count) return this.symbols[index + code - first];
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    throw new RangeError('damaged index');
  }
}

const letters8 = new TextDecoder();

/**
 * A dictionary: terms one after the other, each with what `payload` reads after it.
 * @returns {{terms: string[], values: number[]}}
 */
export function readTerms(bits, letters, payload) {
  const terms = [];
  const values = [];
  const bytes = new Uint8Array(256);
  let length = 0;
  for (let n = bits.gamma() - 1; n > 0; n--) {
    let at = bits.truncated(length + 1);
    let ascii = true;
    for (let symbol; (symbol = letters.next(bits)) && at < 256; at++) bytes[at] = symbol === 1 ? bits.read(8) : symbol;
    length = at;
    for (let i = 0; i < length; i++) if (bytes[i] > 127) ascii = false;
    const term = bytes.subarray(0, length);
    terms.push(ascii ? String.fromCharCode.apply(null, term) : letters8.decode(term));
    values.push(payload(bits));
  }
  return { terms, values };
}
