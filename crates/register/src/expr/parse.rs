//! From words to a tree: precedence climbing over the grammar of CEL. Length, depth and number of nodes are limited, so
//! that no text overflows the stack.

use super::lex::{Token, Word, error, lex};
use super::tree::{BinaryOp, Expr, ExprError, Fold, FoldKind, Tree, UnaryOp, Val};

/// Longest text in bytes.
const LENGTH_MAX: usize = 16 * 1024;
/// Deepest tree: a debug build takes about 2 KB of stack for each level, a thread has 2 MB.
pub(super) const DEPTH_MAX: usize = 200;
/// Deepest nesting of brackets; each takes several frames of the parser.
const NESTING_MAX: usize = 64;

impl Expr {
    /// Reads an expression.
    ///
    /// ```
    /// use register::expr::Expr;
    /// assert!(Expr::parse("state == 'closed' && late_days == 0").is_ok());
    /// let wrong = Expr::parse("state = 'closed'").unwrap_err();
    /// assert_eq!(wrong.remedy, "比较是否相等请写 ==。");
    /// ```
    ///
    /// # Errors
    /// Where and why the text is no expression.
    pub fn parse(text: &str) -> Result<Expr, ExprError> {
        if text.len() > LENGTH_MAX {
            let remedy = "请拆成几个计算字段。";
            return Err(error(LENGTH_MAX, "表达式太长。", remedy));
        }
        let mut parser = Parser {
            tokens: lex(text)?,
            next: 0,
            nesting: 0,
        };
        let node = parser.ternary()?;
        match parser.word() {
            Word::End => Ok(Expr::of(text, node.tree)),
            word => Err(unexpected(parser.at(), word)),
        }
    }
}

/// A tree with its depth.
struct Node {
    tree: Tree,
    depth: usize,
}

impl Node {
    fn leaf(tree: Tree) -> Node {
        Node { tree, depth: 1 }
    }
}

struct Parser {
    tokens: Vec<Token>,
    next: usize,
    nesting: usize,
}

fn unexpected(at: usize, word: &Word) -> ExprError {
    let what = match word {
        Word::End => return error(at, "表达式没有写完。", "请补上后面的部分。"),
        Word::Literal(_) | Word::Least => "这里不该有数或文字。".to_owned(),
        Word::Name(name) | Word::Quoted(name) => format!("这里不该有“{name}”。"),
        Word::Sign(sign) => format!("这里不该有“{sign}”。"),
    };
    error(at, what, "请检查括号是否配对、前面是否少了运算符。")
}

impl Parser {
    fn word(&self) -> &Word {
        &self.tokens[self.next].word
    }

    fn at(&self) -> usize {
        self.tokens[self.next].at
    }

    fn advance(&mut self) -> Word {
        let word = self.tokens[self.next].word.clone();
        // The last token is `End` and stays.
        self.next = (self.next + 1).min(self.tokens.len() - 1);
        word
    }

    fn eat(&mut self, sign: &str) -> bool {
        let found = matches!(self.word(), Word::Sign(s) if *s == sign);
        if found {
            self.advance();
        }
        found
    }

    fn expect(&mut self, sign: &str) -> Result<(), ExprError> {
        if self.eat(sign) {
            return Ok(());
        }
        let remedy = format!("请补上 {sign}。");
        Err(error(self.at(), format!("这里少了“{sign}”。"), &remedy))
    }

    fn node(&self, tree: Tree, depth: usize) -> Result<Node, ExprError> {
        if depth >= DEPTH_MAX {
            let remedy = "请拆成几个计算字段；许多“或者”请改用 in [...]。";
            return Err(error(self.at(), "表达式的层次太深。", remedy));
        }
        Ok(Node {
            tree,
            depth: depth + 1,
        })
    }

    fn nested<T>(
        &mut self,
        inner: impl FnOnce(&mut Self) -> Result<T, ExprError>,
    ) -> Result<T, ExprError> {
        self.nesting += 1;
        if self.nesting > NESTING_MAX {
            return Err(error(self.at(), "括号套得太深。", "请拆成几个计算字段。"));
        }
        let done = inner(self);
        self.nesting -= 1;
        done
    }

    fn ternary(&mut self) -> Result<Node, ExprError> {
        let test = self.binary(1)?;
        if !self.eat("?") {
            return Ok(test);
        }
        let yes = self.nested(|p| p.binary(1))?;
        self.expect(":")?;
        let no = self.nested(Parser::ternary)?;
        let depth = test.depth.max(yes.depth).max(no.depth);
        let tree = Tree::Conditional {
            test: Box::new(test.tree),
            yes: Box::new(yes.tree),
            no: Box::new(no.tree),
        };
        self.node(tree, depth)
    }

    fn operator(&self) -> Option<BinaryOp> {
        match self.word() {
            Word::Sign(sign) => BinaryOp::ALL.into_iter().find(|op| op.sign() == *sign),
            Word::Name(name) if name == "in" => Some(BinaryOp::In),
            _ => None,
        }
    }

    /// Operators that bind at least as tight as `least`, all left-associative.
    fn binary(&mut self, least: u8) -> Result<Node, ExprError> {
        let mut left = self.unary()?;
        while let Some(op) = self.operator() {
            if op.binding() < least {
                break;
            }
            self.advance();
            let right = self.binary(op.binding() + 1)?;
            let depth = left.depth.max(right.depth);
            let tree = Tree::Binary {
                op,
                left: Box::new(left.tree),
                right: Box::new(right.tree),
            };
            left = self.node(tree, depth)?;
        }
        Ok(left)
    }

    fn unary(&mut self) -> Result<Node, ExprError> {
        let op = match self.word() {
            Word::Sign("!") => UnaryOp::Not,
            Word::Sign("-") => UnaryOp::Minus,
            _ => return self.member(),
        };
        self.advance();
        if op == UnaryOp::Minus
            && let Some(negative) = negated(self.word())
        {
            self.advance();
            return self.members(Node::leaf(Tree::Literal(negative)));
        }
        let of = self.nested(Parser::unary)?;
        let tree = Tree::Unary {
            op,
            of: Box::new(of.tree),
        };
        self.node(tree, of.depth)
    }

    fn member(&mut self) -> Result<Node, ExprError> {
        let first = self.primary()?;
        self.members(first)
    }

    fn members(&mut self, mut node: Node) -> Result<Node, ExprError> {
        loop {
            if self.eat(".") {
                node = self.after_point(node)?;
            } else if self.eat("[") {
                let at = self.nested(Parser::ternary)?;
                self.expect("]")?;
                let depth = node.depth.max(at.depth);
                let tree = Tree::Index {
                    of: Box::new(node.tree),
                    at: Box::new(at.tree),
                };
                node = self.node(tree, depth)?;
            } else {
                return Ok(node);
            }
        }
    }

    fn after_point(&mut self, of: Node) -> Result<Node, ExprError> {
        let at = self.at();
        let name = match self.advance() {
            Word::Name(name) | Word::Quoted(name) => name,
            word => return Err(unexpected(at, &word)),
        };
        if !self.eat("(") {
            let tree = Tree::Select {
                of: Box::new(of.tree),
                name,
            };
            return self.node(tree, of.depth);
        }
        let (args, depth) = self.arguments(")")?;
        let depth = depth.max(of.depth);
        let tree = match fold_kind(&name, args.len()) {
            Some(kind) => fold(kind, of.tree, args, at)?,
            None => Tree::Method {
                of: Box::new(of.tree),
                name,
                args,
            },
        };
        self.node(tree, depth)
    }

    fn arguments(&mut self, close: &str) -> Result<(Vec<Tree>, usize), ExprError> {
        let mut args = Vec::new();
        let mut depth = 1;
        while !self.eat(close) {
            if !args.is_empty() {
                self.expect(",")?;
                // A comma may follow the last element of a list.
                if close == "]" && self.eat(close) {
                    break;
                }
            }
            let node = self.nested(Parser::ternary)?;
            depth = depth.max(node.depth);
            args.push(node.tree);
        }
        Ok((args, depth))
    }

    fn primary(&mut self) -> Result<Node, ExprError> {
        let at = self.at();
        match self.advance() {
            Word::Literal(val) => Ok(Node::leaf(Tree::Literal(val))),
            Word::Name(name) => self.named(name, at),
            Word::Sign(".") => match self.advance() {
                Word::Name(name) => self.named(name, at),
                word => Err(unexpected(at, &word)),
            },
            Word::Sign("(") => {
                let node = self.nested(Parser::ternary)?;
                self.expect(")")?;
                Ok(node)
            }
            Word::Sign("[") => {
                let (items, depth) = self.arguments("]")?;
                self.node(Tree::List(items), depth)
            }
            Word::Sign("{") => self.map(),
            word => Err(unexpected(at, &word)),
        }
    }

    fn map(&mut self) -> Result<Node, ExprError> {
        let mut pairs = Vec::new();
        let mut depth = 1;
        while !self.eat("}") {
            if !pairs.is_empty() {
                self.expect(",")?;
                if self.eat("}") {
                    break;
                }
            }
            let key = self.nested(Parser::ternary)?;
            self.expect(":")?;
            let value = self.nested(Parser::ternary)?;
            depth = depth.max(key.depth).max(value.depth);
            pairs.push((key.tree, value.tree));
        }
        self.node(Tree::Map(pairs), depth)
    }

    fn named(&mut self, name: String, at: usize) -> Result<Node, ExprError> {
        let literal = match name.as_str() {
            "true" => Some(Val::Bool(true)),
            "false" => Some(Val::Bool(false)),
            "null" | "none" => Some(Val::None),
            "in" => return Err(unexpected(at, &Word::Name(name))),
            _ => None,
        };
        if let Some(val) = literal {
            return Ok(Node::leaf(Tree::Literal(val)));
        }
        if !self.eat("(") {
            return Ok(Node::leaf(Tree::Name(name)));
        }
        let (args, depth) = self.arguments(")")?;
        self.node(call(name, args, at)?, depth)
    }
}

/// The literal that a minus makes of a number.
fn negated(word: &Word) -> Option<Val> {
    match word {
        Word::Literal(Val::Int(n)) => Some(Val::Int(-n)),
        Word::Literal(Val::Decimal(d)) => Some(Val::Decimal(-*d)),
        Word::Least => Some(Val::Int(i64::MIN)),
        _ => None,
    }
}

fn call(name: String, mut args: Vec<Tree>, at: usize) -> Result<Tree, ExprError> {
    match (name.as_str(), args.len()) {
        ("has", 1) => match args.remove(0) {
            path @ (Tree::Name(_) | Tree::Select { .. }) => Ok(Tree::Has(Box::new(path))),
            _ => Err(error(
                at,
                "has(…) 里要写字段名。",
                "例如 has(enterprise) 或 has(enterprise.name)。",
            )),
        },
        ("exists", 2) => over_register(FoldKind::Exists, args, at),
        ("count_of", 2) => {
            let found = over_register(FoldKind::Filter, args, at)?;
            Ok(Tree::Call {
                name: "size".to_owned(),
                args: vec![found],
            })
        }
        ("max_of" | "min_of" | "sum_of", 3) => of_register(&name, args, at),
        _ => Ok(Tree::Call { name, args }),
    }
}

/// `max_of(device, device.tested_on, device.institution == ref)`: a value of each record for which the test is true,
/// and one function over them.
fn of_register(name: &str, mut args: Vec<Tree>, at: usize) -> Result<Tree, ExprError> {
    let step = args.remove(1);
    let mut found = over_register(FoldKind::Map, args, at)?;
    if let Tree::Fold(fold) = &mut found {
        fold.step = Some(step);
    }
    let total = match name {
        "max_of" => "max_or_none",
        "min_of" => "min_or_none",
        _ => "sum",
    };
    Ok(Tree::Call {
        name: total.to_owned(),
        args: vec![found],
    })
}

fn over_register(kind: FoldKind, args: Vec<Tree>, at: usize) -> Result<Tree, ExprError> {
    let mut args = args.into_iter();
    let (Some(Tree::Name(register)), Some(test)) = (args.next(), args.next()) else {
        let remedy = "例如 exists(device, device.institution == ref)。";
        return Err(error(at, "第一个参数应是台账的名称。", remedy));
    };
    Ok(Tree::Fold(Box::new(Fold {
        kind,
        over: Tree::Name(register.clone()),
        over_register: true,
        var: register,
        test: Some(test),
        step: None,
    })))
}

fn fold_kind(name: &str, args: usize) -> Option<FoldKind> {
    match (name, args) {
        ("all", 2) => Some(FoldKind::All),
        ("exists", 2) => Some(FoldKind::Exists),
        ("exists_one" | "existsOne", 2) => Some(FoldKind::ExistsOne),
        ("map", 2 | 3) => Some(FoldKind::Map),
        ("filter", 2) => Some(FoldKind::Filter),
        _ => None,
    }
}

fn fold(kind: FoldKind, over: Tree, args: Vec<Tree>, at: usize) -> Result<Tree, ExprError> {
    let mut args = args.into_iter();
    let Some(Tree::Name(var)) = args.next() else {
        let remedy = "例如 measures.all(m, m.done)。";
        return Err(error(at, "第一个参数应是给每一行起的名称。", remedy));
    };
    let last = args.next();
    let (test, step) = match (kind, args.next()) {
        (FoldKind::Map, None) => (None, last),
        (FoldKind::Map, step) => (last, step),
        _ => (last, None),
    };
    Ok(Tree::Fold(Box::new(Fold {
        kind,
        over,
        over_register: false,
        var,
        test,
        step,
    })))
}
