//! How wide a text is, and where it must be cut to fit.
//!
//! A Han character is one em; everything else has the advance of the embedded face. A browser sets
//! the screen in its own face, so a width is right on paper and close on screen.

use std::borrow::Cow;
use std::sync::OnceLock;

use crate::fonts::{Face, Fonts};
use crate::scene::Type;

/// Characters below this have their advance looked up; above are the Han and full width blocks.
const TABLE_END: usize = 0x2E80;
/// For a character no face of ours holds: half an em is between a letter and a Han character.
const UNKNOWN: f32 = 0.6;

type Table = Box<[f32]>;

/// Advances in em of the regular, bold and serif face.
fn tables() -> &'static [Table; 3] {
    static TABLES: OnceLock<[Table; 3]> = OnceLock::new();
    TABLES.get_or_init(|| {
        let fonts = Fonts::embedded();
        let face = |kind: Type| fonts.faces(kind).next().map(table).unwrap_or_default();
        [
            face(Type::sans(1.0)),
            face(Type::strong(1.0)),
            face(Type::title(1.0)),
        ]
    })
}

fn table(face: &Face) -> Table {
    let reader = face.reader();
    let advance = |code: usize| {
        let character = char::from_u32(code as u32)?;
        reader
            .as_ref()?
            .glyph(character)
            .map(|(_, advance)| advance)
    };
    (0..TABLE_END)
        .map(|code| advance(code).unwrap_or(UNKNOWN))
        .collect()
}

fn table_for(face: Type) -> &'static [f32] {
    let [regular, bold, serif] = tables();
    match (face.family, face.is_bold()) {
        (crate::scene::Family::Serif, _) => serif,
        (_, true) => bold,
        (_, false) => regular,
    }
}

fn advance(table: &[f32], character: char) -> f32 {
    table.get(character as usize).copied().unwrap_or(1.0)
}

/// Width of a text in pixels.
///
/// ```
/// use report::{measure, scene::Type};
/// assert_eq!(measure::width("桩基工程", Type::sans(11.0)), 44.0);
/// ```
pub fn width(text: &str, face: Type) -> f32 {
    let table = table_for(face);
    text.chars()
        .map(|character| advance(table, character))
        .sum::<f32>()
        * face.size
}

/// The text if it fits into `room` pixels, else its beginning with `…`; none if not even one
/// character with `…` fits.
pub fn cut(text: &str, face: Type, room: f32) -> Option<Cow<'_, str>> {
    let table = table_for(face);
    let room = room / face.size + 1e-4;
    let with_mark = room - advance(table, '…');
    let (mut used, mut keep) = (0.0, 0);
    for (place, character) in text.char_indices() {
        used += advance(table, character);
        if used <= with_mark {
            keep = place + character.len_utf8();
        }
        if used > room {
            let kept = text[..keep].trim_end();
            return (!kept.is_empty()).then(|| Cow::Owned(format!("{kept}…")));
        }
    }
    Some(Cow::Borrowed(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_text_that_fits_is_not_touched() {
        assert_eq!(
            cut("桩基工程", Type::sans(11.0), 44.0).as_deref(),
            Some("桩基工程")
        );
    }

    #[test]
    fn a_long_text_ends_in_an_ellipsis() {
        assert_eq!(
            cut("桩基工程", Type::sans(10.0), 36.0).as_deref(),
            Some("桩基…")
        );
    }

    #[test]
    fn no_room_gives_no_text() {
        assert_eq!(cut("桩基工程", Type::sans(11.0), 12.0), None);
    }

    #[test]
    fn letters_are_narrower_than_han() {
        assert!(width("PPP", Type::sans(13.0)) < width("项目库", Type::sans(13.0)));
    }

    proptest! {
        #[test]
        fn what_is_cut_fits(text in "\\PC{0,40}", room in 0.0f32..300.0) {
            if let Some(cut) = cut(&text, Type::sans(13.0), room) {
                prop_assert!(width(&cut, Type::sans(13.0)) <= room + 0.1);
            }
        }
    }
}
