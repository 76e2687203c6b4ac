//! Every colour of the wall chart, by use and not by name, for screen, big screen and paper.
//!
//! The figures are the table of the design language. Colour belongs to the lights; everything else
//! is neutral. Each text colour keeps 4.5:1 against each ground it stands on (WCAG 2.1, 1.4.3);
//! [`Palette::text_pairs`] lists the pairs and a test computes them.

use crate::wall_chart::Light;

/// An opaque sRGB colour.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Colour {
    /// 0..=255.
    pub red: u8,
    /// 0..=255.
    pub green: u8,
    /// 0..=255.
    pub blue: u8,
}

impl Colour {
    /// A colour written as in a style sheet: `Colour::hex(0x1D4E89)`.
    pub const fn hex(rgb: u32) -> Self {
        Self {
            red: (rgb >> 16) as u8,
            green: (rgb >> 8) as u8,
            blue: rgb as u8,
        }
    }

    /// Contrast ratio of WCAG 2.1, from 1 (same) to 21 (black on white).
    pub fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    /// Relative luminance of WCAG 2.1, 0 to 1.
    pub fn luminance(self) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 {
                part / 12.92
            } else {
                ((part + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * linear(self.red) + 0.7152 * linear(self.green) + 0.0722 * linear(self.blue)
    }
}

/// 灯色. The colours one light lends to its icon, its bar and its words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LightColours {
    /// Body of the icon and finished part of a running bar.
    pub fill: Colour,
    /// Outline of a running bar.
    pub edge: Colour,
    /// Mark inside the icon.
    pub symbol: Colour,
    /// Words beside the icon, and a verdict.
    pub text: Colour,
    /// Words on `fill`.
    pub on_fill: Colour,
    /// Light stripes of the hatch of a forecast slip.
    pub slip_ground: Colour,
    /// Dark stripes of that hatch and its end mark.
    pub slip_line: Colour,
    /// Stripes over `fill` in print; equal to `fill` where the bar stays solid.
    pub hatch_line: Colour,
}

/// All colours of one rendering.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Palette {
    /// 面板. Ground of the chart.
    pub surface: Colour,
    /// 正文.
    pub ink: Colour,
    /// 次要.
    pub ink_second: Colour,
    /// 弱.
    pub ink_weak: Colour,
    /// Strong rule: quarters, frozen columns.
    pub rule_strong: Colour,
    /// Rule under a group.
    pub rule: Colour,
    /// Rule under a row.
    pub rule_weak: Colour,
    /// Month lines in the body.
    pub rule_month: Colour,
    /// Ticks of the time axis.
    pub tick: Colour,
    /// Ground of the header.
    pub head: Colour,
    /// Ground of a group row.
    pub group: Colour,
    /// 品牌靛.
    pub brand: Colour,
    /// Words on `brand`.
    pub on_brand: Colour,
    /// Ground of the current period and of a selected row without trouble.
    pub brand_tint: Colour,
    /// Words in `brand` on `brand_tint`.
    pub brand_text: Colour,
    /// Ground of a selected red row.
    pub selected_red: Colour,
    /// Ground of a selected yellow row.
    pub selected_yellow: Colour,
    /// 休息日. Ground of a day without work.
    pub day_off: Colour,
    /// 已完成条.
    pub done: Colour,
    /// Words on `done`.
    pub on_done: Colour,
    /// 未开始条 底.
    pub ahead: Colour,
    /// 未开始条 边.
    pub ahead_edge: Colour,
    /// Unfinished part of a running bar.
    pub running: Colour,
    /// Original plan behind a moved bar.
    pub ghost: Colour,
    /// Green.
    pub green: LightColours,
    /// Yellow.
    pub yellow: LightColours,
    /// Red.
    pub red: LightColours,
    /// 未到 and finished: `fill` is the inside of the open circle, `edge` its ring.
    pub grey: LightColours,
}

const fn c(rgb: u32) -> Colour {
    Colour::hex(rgb)
}

/// The light theme of the design language.
pub const LIGHT: Palette = Palette {
    surface: c(0xFFFFFF),
    ink: c(0x17212E),
    ink_second: c(0x475667),
    ink_weak: c(0x5B697D),
    rule_strong: c(0xCBD5DF),
    rule: c(0xDFE5EC),
    rule_weak: c(0xEDF1F5),
    rule_month: c(0xE6EBF0),
    tick: c(0xA9B4C0),
    head: c(0xF7F9FB),
    group: c(0xF0F4F8),
    brand: c(0x1D4E89),
    on_brand: c(0xFFFFFF),
    brand_tint: c(0xE9F0F8),
    brand_text: c(0x1D4E89),
    selected_red: c(0xFDF3F0),
    selected_yellow: c(0xFFFAEB),
    day_off: c(0xF3F5F8),
    done: c(0x5A7391),
    on_done: c(0xFFFFFF),
    ahead: c(0xF6F8FB),
    ahead_edge: c(0xBCC8D4),
    running: c(0xFFFFFF),
    ghost: c(0xA9B4C0),
    green: LightColours {
        fill: c(0x12805C),
        edge: c(0x12805C),
        symbol: c(0xFFFFFF),
        text: c(0x0F6B4D),
        on_fill: c(0xFFFFFF),
        slip_ground: c(0xE3F3EC),
        slip_line: c(0x12805C),
        hatch_line: c(0x12805C),
    },
    yellow: LightColours {
        fill: c(0xE5A100),
        edge: c(0xC98A00),
        symbol: c(0x3A2600),
        text: c(0x8A5A00),
        on_fill: c(0x2B1C00),
        slip_ground: c(0xFFF4D6),
        slip_line: c(0xB87A00),
        hatch_line: c(0x8A5A00),
    },
    red: LightColours {
        fill: c(0xC4301C),
        edge: c(0xC4301C),
        symbol: c(0xFFFFFF),
        text: c(0xC4301C),
        on_fill: c(0xFFFFFF),
        slip_ground: c(0xFCE9E5),
        slip_line: c(0xC4301C),
        hatch_line: c(0xF3B6AB),
    },
    grey: LightColours {
        fill: c(0xFFFFFF),
        edge: c(0xA9B4C0),
        symbol: c(0x5A7391),
        text: c(0x5B697D),
        on_fill: c(0x17212E),
        slip_ground: c(0xF3F5F8),
        slip_line: c(0x5B697D),
        hatch_line: c(0xA9B4C0),
    },
};

/// 大屏深色. The dark column of the design language; lights keep their fills.
pub const DARK: Palette = Palette {
    surface: c(0x12213A),
    ink: c(0xEAF1F9),
    ink_second: c(0xB4C3D6),
    ink_weak: c(0x94A6BC),
    rule_strong: c(0x35496B),
    rule: c(0x273955),
    rule_weak: c(0x1C2C46),
    rule_month: c(0x1C2C46),
    tick: c(0x4A6189),
    head: c(0x0F1D33),
    group: c(0x162744),
    brand: c(0x5B9BE6),
    on_brand: c(0x0B1626),
    brand_tint: c(0x1B3358),
    brand_text: c(0x8DBBF2),
    selected_red: c(0x3A2024),
    selected_yellow: c(0x332A17),
    day_off: c(0x0F1C31),
    done: c(0x54708F),
    on_done: c(0xFFFFFF),
    ahead: c(0x17294A),
    ahead_edge: c(0x3B5075),
    running: c(0x0B1626),
    ghost: c(0x6D83A6),
    green: LightColours {
        fill: c(0x12805C),
        edge: c(0x35B98A),
        symbol: c(0xFFFFFF),
        text: c(0x4FC79B),
        on_fill: c(0xFFFFFF),
        slip_ground: c(0x173A33),
        slip_line: c(0x35B98A),
        hatch_line: c(0x12805C),
    },
    yellow: LightColours {
        fill: c(0xE5A100),
        edge: c(0xE5A100),
        symbol: c(0x3A2600),
        text: c(0xF0B93A),
        on_fill: c(0x2B1C00),
        slip_ground: c(0x3A3118),
        slip_line: c(0xE5A100),
        hatch_line: c(0x8A5A00),
    },
    red: LightColours {
        fill: c(0xC4301C),
        edge: c(0xF07A68),
        symbol: c(0xFFFFFF),
        text: c(0xFF8F7E),
        on_fill: c(0xFFFFFF),
        slip_ground: c(0x43201F),
        slip_line: c(0xF07A68),
        hatch_line: c(0xF3B6AB),
    },
    grey: LightColours {
        fill: c(0x12213A),
        edge: c(0x8FA1B8),
        symbol: c(0x8FA1B8),
        text: c(0x94A6BC),
        on_fill: c(0xEAF1F9),
        slip_ground: c(0x1C2C46),
        slip_line: c(0x8FA1B8),
        hatch_line: c(0x8FA1B8),
    },
};

/// 黑白打印. Shapes and hatches carry the lights; the greys are far enough apart for a copier.
pub const GREY: Palette = Palette {
    surface: c(0xFFFFFF),
    ink: c(0x111111),
    ink_second: c(0x333333),
    ink_weak: c(0x4A4A4A),
    rule_strong: c(0xA0A0A0),
    rule: c(0xC4C4C4),
    rule_weak: c(0xDDDDDD),
    rule_month: c(0xD4D4D4),
    tick: c(0x8A8A8A),
    head: c(0xF4F4F4),
    group: c(0xECECEC),
    brand: c(0x222222),
    on_brand: c(0xFFFFFF),
    brand_tint: c(0xE6E6E6),
    brand_text: c(0x222222),
    selected_red: c(0xF2F2F2),
    selected_yellow: c(0xF2F2F2),
    day_off: c(0xF0F0F0),
    done: c(0x6E6E6E),
    on_done: c(0xFFFFFF),
    ahead: c(0xFFFFFF),
    ahead_edge: c(0xB0B0B0),
    running: c(0xFFFFFF),
    ghost: c(0x9A9A9A),
    green: LightColours {
        fill: c(0x4A4A4A),
        edge: c(0x4A4A4A),
        symbol: c(0xFFFFFF),
        text: c(0x333333),
        on_fill: c(0xFFFFFF),
        slip_ground: c(0xFFFFFF),
        slip_line: c(0x4A4A4A),
        hatch_line: c(0x4A4A4A),
    },
    yellow: LightColours {
        fill: c(0xF4F4F4),
        edge: c(0x333333),
        symbol: c(0x111111),
        text: c(0x222222),
        on_fill: c(0x111111),
        slip_ground: c(0xFFFFFF),
        slip_line: c(0x555555),
        hatch_line: c(0x555555),
    },
    red: LightColours {
        fill: c(0x111111),
        edge: c(0x111111),
        symbol: c(0xFFFFFF),
        text: c(0x000000),
        on_fill: c(0xFFFFFF),
        slip_ground: c(0xFFFFFF),
        slip_line: c(0x111111),
        hatch_line: c(0xD8D8D8),
    },
    grey: LightColours {
        fill: c(0xFFFFFF),
        edge: c(0x8A8A8A),
        symbol: c(0x6E6E6E),
        text: c(0x4A4A4A),
        on_fill: c(0x111111),
        slip_ground: c(0xFFFFFF),
        slip_line: c(0x555555),
        hatch_line: c(0x8A8A8A),
    },
};

impl Palette {
    /// The colours of one light; a finished thing is neutral, as one not yet due.
    pub fn light(&self, light: Light) -> &LightColours {
        match light {
            Light::Green => &self.green,
            Light::Yellow => &self.yellow,
            Light::Red => &self.red,
            Light::Grey | Light::Done => &self.grey,
        }
    }

    /// Every (text, ground) pair that the layout puts on the chart.
    pub fn text_pairs(&self) -> Vec<(Colour, Colour)> {
        let mut pairs = Vec::new();
        let rows = [
            self.surface,
            self.selected_red,
            self.selected_yellow,
            self.brand_tint,
        ];
        for ground in rows {
            pairs.extend([
                (self.ink, ground),
                (self.ink_second, ground),
                (self.ink_weak, ground),
            ]);
            let lights = [&self.green, &self.yellow, &self.red, &self.grey];
            pairs.extend(lights.map(|light| (light.text, ground)));
        }
        for ground in [self.head, self.group, self.day_off] {
            pairs.extend([
                (self.ink, ground),
                (self.ink_second, ground),
                (self.ink_weak, ground),
            ]);
        }
        for light in [&self.green, &self.yellow, &self.red] {
            pairs.push((light.on_fill, light.fill));
        }
        pairs.extend([
            (self.brand_text, self.brand_tint),
            (self.on_brand, self.brand),
            (self.on_done, self.done),
            (self.ink_second, self.ahead),
            (self.ink, self.running),
        ]);
        pairs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(palette: &Palette) {
        for (text, ground) in palette.text_pairs() {
            let ratio = text.contrast(ground);
            assert!(ratio >= 4.5, "{text:?} on {ground:?} is {ratio:.2}:1");
        }
    }

    #[test]
    fn light_theme_texts_keep_four_and_a_half_to_one() {
        check(&LIGHT);
    }

    #[test]
    fn dark_theme_texts_keep_four_and_a_half_to_one() {
        check(&DARK);
    }

    #[test]
    fn grey_print_texts_keep_four_and_a_half_to_one() {
        check(&GREY);
    }

    #[test]
    fn black_on_white_is_twenty_one_to_one() {
        assert!((c(0).contrast(c(0xFFFFFF)) - 21.0).abs() < 0.01);
    }

    #[test]
    fn three_lights_differ_in_grey_print_without_their_hatch() {
        let fills = [GREY.green.fill, GREY.yellow.fill, GREY.red.fill].map(Colour::luminance);
        assert!(
            fills[1] > fills[0] + 0.3 && fills[0] > fills[2] + 0.05,
            "{fills:?}"
        );
    }
}
