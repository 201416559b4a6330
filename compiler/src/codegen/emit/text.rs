//! Compares of texts with known ones.

use std::mem::offset_of;

use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, MemFlagsData, Type, Value, types};

use super::{CellAt, Emitter, Targets, unaligned};
use crate::codegen::helper::{Helper, Place};
use crate::codegen::plan::TextMatch;
use crate::layout::Surface;

/// Longer texts are compared by a helper: each eight bytes inline cost instructions, and the call little beside them.
const MOST_INLINE_BYTES: usize = 256;

impl Emitter<'_, '_> {
    /// Compares the text of a cell that is known to hold one.
    pub(super) fn text_match(&mut self, at: CellAt, wanted: &TextMatch, to: Targets) {
        match wanted {
            TextMatch::Equals(text) => {
                let texts = [text.as_str()];
                self.text_is_one_of(at, &texts, to);
            }
            TextMatch::Bytes(count) => {
                let length = self.length(at);
                let enough =
                    self.builder.ins().icmp_imm_u(IntCC::UnsignedGreaterThanOrEqual, length, i64::from(*count));
                self.branch(enough, to);
            }
            TextMatch::Prefix(prefix) => {
                self.require_bytes(at, prefix.len(), to);
                if prefix.len() > MOST_INLINE_BYTES {
                    return self.has_part(at, prefix, Place::Start, to);
                }
                let address = self.text_address(at);
                self.bytes_equal(address, prefix.as_bytes(), to);
            }
            TextMatch::Suffix(suffix) => {
                let length = self.require_bytes(at, suffix.len(), to);
                if suffix.len() > MOST_INLINE_BYTES {
                    return self.has_part(at, suffix, Place::End, to);
                }
                let address = self.text_address(at);
                let length = self.builder.ins().uextend(types::I64, length);
                let end = self.builder.ins().iadd(address, length);
                let start = self.builder.ins().iadd_imm_s(end, -(suffix.len() as i64));
                self.bytes_equal(start, suffix.as_bytes(), to);
            }
            TextMatch::Contains(part) => self.has_part(at, part, Place::Anywhere, to),
            TextMatch::Wildcard(wildcard) => {
                let offset = self.offset(at);
                let wildcard = self.builder.ins().iconst(types::I32, i64::from(*wildcard));
                self.ask(Helper::Wildcard, &[offset, wildcard], to);
            }
            TextMatch::Not(inner) => self.text_match(at, inner, Targets { yes: to.no, no: to.yes }),
            TextMatch::All(parts) => {
                for part in parts {
                    let yes = self.block();
                    self.text_match(at, part, Targets { yes, no: to.no });
                    self.start(yes);
                }
                self.goto(to.yes);
            }
            TextMatch::Any(parts) => {
                let (equal, others): (Vec<_>, Vec<_>) =
                    parts.iter().partition(|part| matches!(part, TextMatch::Equals(_)));
                let texts: Vec<&str> = equal
                    .iter()
                    .filter_map(|part| if let TextMatch::Equals(text) = part { Some(text.as_str()) } else { None })
                    .collect();
                let no = self.block();
                self.text_is_one_of(at, &texts, Targets { yes: to.yes, no });
                self.start(no);
                for part in others {
                    let no = self.block();
                    self.text_match(at, part, Targets { yes: to.yes, no });
                    self.start(no);
                }
                self.goto(to.no);
            }
        }
    }

    /// Compares with texts of one length at a time.
    fn text_is_one_of(&mut self, at: CellAt, texts: &[&str], to: Targets) {
        let mut texts = texts.to_vec();
        texts.sort_by_key(|text| text.len());
        if texts.is_empty() {
            return self.goto(to.no);
        }
        let length = self.length(at);
        for same_length in texts.chunk_by(|left, right| left.len() == right.len()) {
            let (fits, next) = (self.block(), self.block());
            let hit = self.equals(length, same_length[0].len() as i64);
            self.branch(hit, Targets { yes: fits, no: next });
            self.start(fits);
            let is_long = same_length[0].len() > MOST_INLINE_BYTES;
            let address = (!is_long).then(|| self.text_address(at));
            for text in same_length {
                let no = self.block();
                let targets = Targets { yes: to.yes, no };
                match address {
                    Some(address) => self.bytes_equal(address, text.as_bytes(), targets),
                    None => self.has_part(at, text, Place::Start, targets),
                }
                self.start(no);
            }
            self.goto(to.no);
            self.start(next);
        }
        self.goto(to.no);
    }

    /// Asks a helper whether a text has a part.
    fn has_part(&mut self, at: CellAt, part: &str, place: Place, to: Targets) {
        let offset = self.offset(at);
        let part = self.pool.name(&part.into());
        let arguments = [part, place as u32].map(|number| self.argument_number(number));
        self.ask(Helper::HasPart, &[offset, arguments[0], arguments[1]], to);
    }

    fn require_bytes(&mut self, at: CellAt, count: usize, to: Targets) -> Value {
        let length = self.length(at);
        let enough = self.builder.ins().icmp_imm_u(IntCC::UnsignedGreaterThanOrEqual, length, count as i64);
        self.require(enough, to.no);
        length
    }

    /// Where a text begins in memory. The regions are loaded each time, because helpers may move the arena.
    pub(super) fn text_address(&mut self, at: CellAt) -> Value {
        let origin = self.origin(at);
        let origin = self.builder.ins().uextend(types::I64, origin);
        let scaled = self.builder.ins().ishl_imm_u(origin, size_of::<*const u8>().ilog2() as i64);
        let region = self.builder.ins().iadd(self.request, scaled);
        let start =
            self.builder.ins().load(types::I64, MemFlagsData::trusted(), region, offset_of!(Surface, texts) as i32);
        let offset = self.payload(at);
        self.builder.ins().iadd(start, offset)
    }

    /// Compares as many bytes as are wanted, in as few loads as possible. At least that many must be readable.
    fn bytes_equal(&mut self, address: Value, wanted: &[u8], to: Targets) {
        let mut difference: Option<Value> = None;
        for (offset, width) in loads(wanted.len()) {
            let ty = integer(width);
            let value = self.builder.ins().load(ty, unaligned(), address, offset as i32);
            let constant = little_endian(&wanted[offset..offset + width]);
            let constant = self.builder.ins().iconst(ty, constant);
            let differs = self.builder.ins().bxor(value, constant);
            let differs = if width == 8 { differs } else { self.builder.ins().uextend(types::I64, differs) };
            difference = Some(match difference {
                None => differs,
                Some(other) => self.builder.ins().bor(other, differs),
            });
        }
        match difference {
            None => self.goto(to.yes),
            Some(difference) => self.branch(difference, Targets { yes: to.no, no: to.yes }),
        }
    }
}

/// Offsets and widths of the loads that cover a number of bytes; the last ones may overlap.
fn loads(count: usize) -> Vec<(usize, usize)> {
    let Some(width) = [8, 4, 2, 1].into_iter().find(|&width| width <= count) else { return Vec::new() };
    let mut loads: Vec<(usize, usize)> = (0..count / width).map(|position| (position * width, width)).collect();
    match count % width {
        0 => {}
        rest if count >= width => {
            let narrow = [1, 2, 4, 8].into_iter().find(|&narrow| narrow >= rest).unwrap_or(width);
            loads.push((count - narrow, narrow));
        }
        _ => {}
    }
    loads
}

fn integer(width: usize) -> Type {
    match width {
        8 => types::I64,
        4 => types::I32,
        2 => types::I16,
        _ => types::I8,
    }
}

/// The integer that these bytes are in memory, as Cranelift takes constants: sign-extended or not does not matter.
fn little_endian(bytes: &[u8]) -> i64 {
    let mut padded = [0; 8];
    for (place, byte) in padded.iter_mut().zip(bytes) {
        *place = *byte;
    }
    i64::from_le_bytes(padded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loads_cover_each_byte_and_stay_inside() {
        for count in 0..64 {
            let mut covered = vec![false; count];
            for (offset, width) in loads(count) {
                covered[offset..offset + width].iter_mut().for_each(|byte| *byte = true);
            }
            assert!(covered.iter().all(|&byte| byte), "{count}");
        }
        assert_eq!(loads(5), [(0, 4), (4, 1)]);
        assert_eq!(loads(7), [(0, 4), (3, 4)]);
        assert_eq!(loads(13), [(0, 8), (5, 8)]);
    }
}
