//! Lines out of a paragraph: as many characters as fit, no line begins with a mark that closes and none ends with one
//! that opens (避头尾).

use crate::measure;
use crate::scene::Type;

/// Marks that may not begin a line.
const CLOSING: &str = "，。、；：？！）》〉」』】”’％…,.;:?!)%";
/// Marks that may not end a line.
const OPENING: &str = "（《〈「『【“‘(〔";

/// The lines of a text; the first has `indent` points less room. A line break of the text is kept.
pub(super) fn lines(text: &str, face: Type, room: f32, indent: f32) -> Vec<String> {
    let mut found = Vec::new();
    for part in text.split('\n') {
        let first = if found.is_empty() { indent } else { 0.0 };
        wrap(part, face, room, first, &mut found);
    }
    found
}

fn wrap(text: &str, face: Type, room: f32, indent: f32, found: &mut Vec<String>) {
    let mut line = String::new();
    let mut used = indent;
    for character in text.chars().filter(|one| !one.is_control()) {
        let mut bytes = [0; 4];
        let wide = measure::width(character.encode_utf8(&mut bytes), face);
        // A closing mark hangs over the edge by its own empty half rather than begin a line.
        let hangs = CLOSING.contains(character) && used + wide * 0.5 <= room;
        if used + wide > room + 0.01 && !hangs && !line.is_empty() {
            let carried = carried(&mut line, character);
            used = measure::width(&carried, face);
            found.push(std::mem::replace(&mut line, carried));
        }
        line.push(character);
        used += wide;
    }
    found.push(line);
}

/// What must go to the next line together with `next`: opening marks at the end, and a character for a closing mark.
fn carried(line: &mut String, next: char) -> String {
    let mut tail = Vec::new();
    if CLOSING.contains(next) && line.chars().count() > 1 {
        tail.extend(line.pop());
    }
    while line.chars().count() > 1 && line.ends_with(|last| OPENING.contains(last)) {
        tail.extend(line.pop());
    }
    tail.into_iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_line_never_begins_with_a_closing_mark() {
        let face = Type::sans(10.0);
        assert_eq!(
            lines("问题一二，三四", face, 44.0, 0.0),
            ["问题一", "二，三四"]
        );
        assert_eq!(lines("见《条例》", face, 20.0, 0.0), ["见", "《条", "例》"]);
    }

    proptest! {
        #[test]
        fn nothing_is_lost(text in "[一-十，。《》a-z0-9]{0,80}", room in 30.0f32..200.0) {
            let whole: String = lines(&text, Type::sans(10.0), room, 0.0).concat();
            prop_assert_eq!(whole, text);
        }
    }
}
