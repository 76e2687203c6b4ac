//! Protocol buffers in text form, as far as the cases of the CEL specification use it.

/// Named values in order; a name may stand several times.
#[derive(Debug, Default)]
pub struct Message(Vec<(String, Node)>);

/// A value.
#[derive(Debug)]
pub enum Node {
    /// Number, name or `true`.
    Word(String),
    /// Text.
    Bytes(Vec<u8>),
    /// `{ … }`.
    Message(Message),
}

impl Message {
    /// The first value.
    pub fn first(&self) -> Option<(&str, &Node)> {
        self.0.first().map(|(name, node)| (name.as_str(), node))
    }

    /// All messages of a name.
    pub fn messages<'m>(&'m self, name: &'m str) -> impl Iterator<Item = &'m Message> {
        let such = self.0.iter().filter(move |(n, _)| n == name);
        such.filter_map(|(_, node)| match node {
            Node::Message(message) => Some(message),
            _ => None,
        })
    }

    /// The text of a name; empty when there is none.
    pub fn text(&self, name: &str) -> String {
        let found = self.0.iter().find(|(n, _)| n == name);
        match found {
            Some((_, Node::Bytes(bytes))) => String::from_utf8_lossy(bytes).into_owned(),
            _ => String::new(),
        }
    }

    /// The word of a name.
    pub fn word(&self, name: &str) -> Option<&str> {
        self.0.iter().find_map(|(n, node)| match node {
            Node::Word(word) if n == name => Some(word.as_str()),
            _ => None,
        })
    }
}

/// Reads a file.
pub fn read(text: &str) -> Result<Message, String> {
    let mut reader = Reader {
        bytes: text.as_bytes(),
        at: 0,
    };
    reader.message(None)
}

struct Reader<'t> {
    bytes: &'t [u8],
    at: usize,
}

impl Reader<'_> {
    fn skip(&mut self) {
        while let Some(byte) = self.bytes.get(self.at) {
            match byte {
                b'#' => {
                    while self.bytes.get(self.at).is_some_and(|b| *b != b'\n') {
                        self.at += 1;
                    }
                }
                b' ' | b'\t' | b'\n' | b'\r' | b',' | b';' => self.at += 1,
                _ => return,
            }
        }
    }

    fn peek(&mut self) -> Option<u8> {
        self.skip();
        self.bytes.get(self.at).copied()
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        if found {
            self.at += 1;
        }
        found
    }

    fn message(&mut self, close: Option<u8>) -> Result<Message, String> {
        let mut message = Message::default();
        loop {
            match self.peek() {
                None if close.is_none() => return Ok(message),
                None => return Err("a bracket is not closed".to_owned()),
                byte if byte == close => {
                    self.at += 1;
                    return Ok(message);
                }
                _ => {}
            }
            let name = self.word()?;
            self.eat(b':');
            if self.eat(b'[') {
                while !self.eat(b']') {
                    let node = self.node()?;
                    message.0.push((name.clone(), node));
                }
            } else {
                let node = self.node()?;
                message.0.push((name, node));
            }
        }
    }

    fn word(&mut self) -> Result<String, String> {
        self.skip();
        let start = self.at;
        let bracket = self.eat(b'[');
        let good = |b: u8| b.is_ascii_alphanumeric() || b"_.-+/]".contains(&b);
        while self.bytes.get(self.at).is_some_and(|b| good(*b)) {
            self.at += 1;
            if bracket && self.bytes[self.at - 1] == b']' {
                break;
            }
        }
        if self.at == start {
            return Err(format!("no word at byte {start}"));
        }
        let word = &self.bytes[start..self.at];
        Ok(String::from_utf8_lossy(word).into_owned())
    }

    fn node(&mut self) -> Result<Node, String> {
        match self.peek() {
            Some(b'{') => {
                self.at += 1;
                self.message(Some(b'}')).map(Node::Message)
            }
            Some(b'<') => {
                self.at += 1;
                self.message(Some(b'>')).map(Node::Message)
            }
            Some(b'"' | b'\'') => {
                let mut bytes = Vec::new();
                while let Some(quote @ (b'"' | b'\'')) = self.peek() {
                    self.at += 1;
                    self.quoted(quote, &mut bytes)?;
                }
                Ok(Node::Bytes(bytes))
            }
            _ => self.word().map(Node::Word),
        }
    }

    fn next(&mut self) -> Result<u8, String> {
        let byte = self.bytes.get(self.at).copied();
        self.at += 1;
        byte.ok_or_else(|| "a text is not closed".to_owned())
    }

    fn quoted(&mut self, quote: u8, out: &mut Vec<u8>) -> Result<(), String> {
        loop {
            match self.next()? {
                byte if byte == quote => return Ok(()),
                b'\\' => self.escape(out)?,
                byte => out.push(byte),
            }
        }
    }

    fn escape(&mut self, out: &mut Vec<u8>) -> Result<(), String> {
        let kind = self.next()?;
        match kind {
            b'x' | b'X' => out.push(self.digits(2, 16) as u8),
            b'u' => self.letter(4, out),
            b'U' => self.letter(8, out),
            b'0'..=b'7' => {
                self.at -= 1;
                out.push(self.digits(3, 8) as u8);
            }
            b'n' => out.push(b'\n'),
            b'r' => out.push(b'\r'),
            b't' => out.push(b'\t'),
            b'a' => out.push(7),
            b'b' => out.push(8),
            b'f' => out.push(12),
            b'v' => out.push(11),
            other => out.push(other),
        }
        Ok(())
    }

    /// A letter by its number in so many hexadecimal digits.
    fn letter(&mut self, digits: usize, out: &mut Vec<u8>) {
        let letter = char::from_u32(self.digits(digits, 16)).unwrap_or('\u{fffd}');
        out.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
    }

    /// A number of at most so many digits.
    fn digits(&mut self, most: usize, radix: u32) -> u32 {
        let mut number = 0;
        for _ in 0..most {
            let byte = self.bytes.get(self.at).copied();
            let Some(digit) = byte.and_then(|byte| char::from(byte).to_digit(radix)) else {
                break;
            };
            number = number * radix + digit;
            self.at += 1;
        }
        number
    }
}
