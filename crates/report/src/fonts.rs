//! The faces a PDF is set in: three small embedded ones, then whatever the caller found.
//!
//! The embedded faces hold GB 2312 (see `fonts/README.md`). Rare characters of names fall to the
//! faces given with [`Fonts::with_fallback`]; `app` finds those on the machine, this room opens no file.

use std::sync::OnceLock;

use krilla::text::Font;
use skrifa::MetadataProvider;
use skrifa::charmap::MappingIndex;
use skrifa::instance::{LocationRef, Size};

use crate::scene::{Family, Type};

/// Bytes of 黑体 regular.
pub const SANS_REGULAR: &[u8] = include_bytes!("../fonts/guatu-sans-regular.otf");
/// Bytes of 黑体 bold.
pub const SANS_BOLD: &[u8] = include_bytes!("../fonts/guatu-sans-bold.otf");
/// Bytes of 宋体 bold.
pub const SERIF_BOLD: &[u8] = include_bytes!("../fonts/guatu-serif-bold.otf");

/// One face, readable by us (characters, advances) and by krilla (outlines).
#[derive(Clone)]
pub struct Face {
    font: Font,
    bytes: FaceBytes,
    index: u32,
    map: MappingIndex,
}

#[derive(Clone)]
enum FaceBytes {
    Embedded(&'static [u8]),
    Given(std::sync::Arc<Vec<u8>>),
}

impl FaceBytes {
    fn as_slice(&self) -> &[u8] {
        match self {
            FaceBytes::Embedded(bytes) => bytes,
            FaceBytes::Given(bytes) => bytes,
        }
    }
}

impl Face {
    fn embedded(bytes: &'static [u8]) -> Option<Self> {
        Self::read(FaceBytes::Embedded(bytes), Font::new(bytes.into(), 0)?, 0)
    }

    fn given(bytes: Vec<u8>, index: u32) -> Option<Self> {
        let shared = std::sync::Arc::new(bytes);
        let font = Font::new(shared.clone().into(), index)?;
        Self::read(FaceBytes::Given(shared), font, index)
    }

    fn read(bytes: FaceBytes, font: Font, index: u32) -> Option<Self> {
        let map = MappingIndex::new(&skrifa::FontRef::from_index(bytes.as_slice(), index).ok()?);
        Some(Self {
            font,
            bytes,
            index,
            map,
        })
    }

    pub(crate) fn font(&self) -> &Font {
        &self.font
    }

    /// Runs `work` with a reader of this face.
    pub(crate) fn reader(&self) -> Option<FaceReader<'_>> {
        let font = skrifa::FontRef::from_index(self.bytes.as_slice(), self.index).ok()?;
        let advances = font.glyph_metrics(Size::unscaled(), LocationRef::default());
        let em = f32::from(
            font.metrics(Size::unscaled(), LocationRef::default())
                .units_per_em,
        );
        Some(FaceReader {
            map: self.map.charmap(&font),
            advances,
            em,
        })
    }
}

/// Glyphs and advances of one face.
pub(crate) struct FaceReader<'a> {
    map: skrifa::charmap::Charmap<'a>,
    advances: skrifa::metrics::GlyphMetrics<'a>,
    em: f32,
}

impl FaceReader<'_> {
    /// Glyph number and advance in em, none if the face lacks the character.
    pub(crate) fn glyph(&self, character: char) -> Option<(u32, f32)> {
        let glyph = self.map.map(character)?;
        if glyph.to_u32() == 0 {
            return None;
        }
        Some((
            glyph.to_u32(),
            self.advances.advance_width(glyph).unwrap_or(self.em) / self.em,
        ))
    }
}

/// The faces of a document, in the order they are asked for a character.
#[derive(Clone)]
pub struct Fonts {
    sans: Face,
    sans_bold: Face,
    serif_bold: Face,
    fallback: Vec<Face>,
}

impl Fonts {
    /// The three faces inside the program.
    ///
    /// ```
    /// assert_eq!(report::fonts::Fonts::embedded().fallback_count(), 0);
    /// ```
    pub fn embedded() -> Self {
        static READ: OnceLock<Fonts> = OnceLock::new();
        READ.get_or_init(|| {
            let read = |bytes| Face::embedded(bytes).expect("an embedded face is a whole font");
            Fonts {
                sans: read(SANS_REGULAR),
                sans_bold: read(SANS_BOLD),
                serif_bold: read(SERIF_BOLD),
                fallback: Vec::new(),
            }
        })
        .clone()
    }

    /// Adds a face for characters that the embedded ones lack: whole bytes of an OTF, TTF or TTC and
    /// the number of the face in it (0 for a single font; the SC face of Noto's TTC is 2). Bytes that
    /// are no font are left out; compare [`Fonts::fallback_count`].
    #[must_use]
    pub fn with_fallback(mut self, bytes: Vec<u8>, index: u32) -> Self {
        self.fallback.extend(Face::given(bytes, index));
        self
    }

    /// How many fallback faces could be read.
    pub fn fallback_count(&self) -> usize {
        self.fallback.len()
    }

    /// The faces for a text, first choice first.
    pub(crate) fn faces(&self, face: Type) -> impl Iterator<Item = &Face> {
        let first = match (face.family, face.is_bold()) {
            (Family::Serif, _) => &self.serif_bold,
            (Family::Sans, true) => &self.sans_bold,
            (Family::Sans, false) => &self.sans,
        };
        std::iter::once(first).chain(&self.fallback)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn embedded_faces_hold_the_marks_of_the_chart() {
        let fonts = Fonts::embedded();
        for face in [&fonts.sans, &fonts.sans_bold, &fonts.serif_bold] {
            let reader = face.reader().expect("readable");
            for character in
                "中原区郑州荥阳第七期三个一批○●▲■☑·—–…“”‘’《》〔〕℃%〓、。,:()0123456789AZaz"
                    .chars()
            {
                assert!(reader.glyph(character).is_some(), "{character} is missing");
            }
        }
    }

    #[test]
    fn bytes_that_are_no_font_are_left_out() {
        assert_eq!(
            Fonts::embedded()
                .with_fallback(vec![1, 2, 3], 0)
                .fallback_count(),
            0
        );
    }

    #[test]
    fn digits_are_of_equal_width() {
        let fonts = Fonts::embedded();
        for face in [&fonts.sans, &fonts.sans_bold] {
            let reader = face.reader().expect("readable");
            let widths: Vec<_> = ('0'..='9')
                .filter_map(|digit| reader.glyph(digit))
                .collect();
            assert!(widths.iter().all(|one| one.1 == widths[0].1), "{widths:?}");
        }
    }
}
