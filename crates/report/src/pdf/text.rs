//! Text on paper: characters to glyphs, one face after another, 〓 where all of them lack one.

use std::collections::BTreeMap;
use std::collections::HashMap;

use ground::Finding;
use krilla::geom::Point;
use krilla::surface::Surface;
use krilla::text::{GlyphId, KrillaGlyph};

use crate::fonts::{Face, Fonts};
use crate::scene::{Anchor, Type};

/// 替代号. Stands for a character that cannot be printed.
const MISSING: char = '〓';
/// So many missing characters are named one by one.
const NAMED_MAX: usize = 20;

/// A text and its place.
pub(super) struct Placed<'a> {
    pub at: (f32, f32),
    pub anchor: Anchor,
    pub face: Type,
    pub content: &'a str,
}

/// Glyph of a character: which of a text's faces has it, its number, its advance in em.
#[derive(Clone, Copy)]
struct Found {
    face: usize,
    glyph: u32,
    advance: f32,
}

/// The faces of one role and what was found in them.
struct Role {
    faces: Vec<Face>,
    known: HashMap<char, Option<Found>>,
}

/// Sets text and remembers what no face could show.
pub(super) struct TextSetter {
    fonts: Fonts,
    roles: Vec<(bool, crate::scene::Family, Role)>,
    /// Missing characters, each with the first text it stood in.
    missing: BTreeMap<char, String>,
}

impl TextSetter {
    pub fn new(fonts: &Fonts) -> Self {
        Self {
            fonts: fonts.clone(),
            roles: Vec::new(),
            missing: BTreeMap::new(),
        }
    }

    /// What to say about characters that could not be shown.
    pub fn findings(&self) -> Vec<Finding> {
        self.missing
            .iter()
            .take(NAMED_MAX)
            .map(missing_glyph)
            .collect()
    }

    /// Draws with the surface's fill.
    pub fn draw(&mut self, placed: &Placed<'_>, surface: &mut Surface<'_>) {
        let found = self.find_all(placed);
        let size = placed.face.size;
        let width: f32 = found.iter().map(|(_, one)| one.advance).sum::<f32>() * size;
        let mut x = placed.at.0
            - match placed.anchor {
                Anchor::Start => 0.0,
                Anchor::Middle => width / 2.0,
                Anchor::End => width,
            };
        let role = self.role(placed.face);
        for run in found.chunk_by(|one, two| one.1.face == two.1.face) {
            let glyphs: Vec<KrillaGlyph> = run.iter().map(krilla_glyph).collect();
            let font = role.faces[run[0].1.face].font().clone();
            let start = Point::from_xy(x, placed.at.1);
            surface.draw_glyphs(start, &glyphs, font, placed.content, size, false);
            x += run.iter().map(|(_, one)| one.advance).sum::<f32>() * size;
        }
    }

    fn role(&mut self, face: Type) -> &mut Role {
        let (bold, family) = (face.is_bold(), face.family);
        let known = self
            .roles
            .iter()
            .position(|(b, f, _)| (*b, *f) == (bold, family));
        let place = known.unwrap_or_else(|| {
            let faces = self.fonts.faces(face).cloned().collect();
            self.roles.push((
                bold,
                family,
                Role {
                    faces,
                    known: HashMap::new(),
                },
            ));
            self.roles.len() - 1
        });
        &mut self.roles[place].2
    }

    /// A glyph for every character, with the bytes it stands for.
    fn find_all(&mut self, placed: &Placed<'_>) -> Vec<(std::ops::Range<usize>, Found)> {
        let mut found = Vec::with_capacity(placed.content.len() / 2);
        let mut missing = Vec::new();
        let role = self.role(placed.face);
        for (start, character) in placed.content.char_indices() {
            let shown = role.find(character).or_else(|| {
                missing.push(character);
                role.find(MISSING)
            });
            if let Some(shown) = shown {
                found.push((start..start + character.len_utf8(), shown));
            }
        }
        for character in missing {
            self.missing
                .entry(character)
                .or_insert_with(|| placed.content.to_owned());
        }
        found
    }
}

impl Role {
    fn find(&mut self, character: char) -> Option<Found> {
        let faces = &self.faces;
        *self.known.entry(character).or_insert_with(|| {
            faces.iter().enumerate().find_map(|(face, one)| {
                let (glyph, advance) = one.reader()?.glyph(character)?;
                Some(Found {
                    face,
                    glyph,
                    advance,
                })
            })
        })
    }
}

fn krilla_glyph((range, found): &(std::ops::Range<usize>, Found)) -> KrillaGlyph {
    let id = GlyphId::new(found.glyph);
    KrillaGlyph::new(id, found.advance, 0.0, 0.0, 0.0, range.clone(), None)
}

fn missing_glyph((character, text): (&char, &String)) -> Finding {
    Finding::warning(
        "print.glyph",
        format!("挂图打印：{text}"),
        format!(
            "字库里没有“{character}”(U+{:04X})，图上印成了“{MISSING}”。",
            u32::from(*character)
        ),
        "请在服务器上安装含生僻字的宋体或黑体字库，再打印一次。",
    )
}
