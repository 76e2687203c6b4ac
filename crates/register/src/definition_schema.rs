//! JSON Schema of the definition language, for editors: completion, hover texts and red lines while somebody writes. Made
//! from the table that `parse` reads by, so that the two cannot drift apart.

use serde_json::{Map, Value as Json, json};

use crate::parse::language::{Block, FILE, Shape};

/// JSON Schema (draft 2020-12) of a `definition.toml` read as JSON.
///
/// ```
/// let schema = register::definition_schema();
/// assert_eq!(schema["properties"]["register"]["$ref"], "#/$defs/register");
/// ```
pub fn definition_schema() -> Json {
    let mut blocks = Blocks::default();
    let mut schema = blocks.object(&FILE);
    schema.insert(
        "$schema".into(),
        json!("https://json-schema.org/draft/2020-12/schema"),
    );
    schema.insert("title".into(), json!("台账定义"));
    schema.insert("required".into(), json!(["register", "field"]));
    blocks.made.insert("words".into(), words());
    blocks.made.insert("expression".into(), expression());
    schema.insert("$defs".into(), Json::Object(blocks.made));
    Json::Object(schema)
}

#[derive(Default)]
struct Blocks {
    made: Map<String, Json>,
}

impl Blocks {
    fn object(&mut self, block: &'static Block) -> Map<String, Json> {
        let mut properties = Map::new();
        for key in block.keys {
            let mut property = self.shape(key.id, key.shape);
            if let Json::Object(property) = &mut property {
                property.insert("description".into(), json!(key.about));
            }
            properties.insert(key.id.to_owned(), property);
        }
        let mut object = Map::new();
        object.insert("type".into(), json!("object"));
        object.insert("description".into(), json!(block.about));
        object.insert("properties".into(), Json::Object(properties));
        object.insert("additionalProperties".into(), json!(false));
        object
    }

    /// A block by reference; made once, also when it holds itself.
    fn block(&mut self, name: &str, block: &'static Block) -> Json {
        let known = self
            .made
            .iter()
            .find(|(_, made)| made["description"] == json!(block.about))
            .map(|(name, _)| name.clone());
        let name = known.unwrap_or_else(|| self.make(name, block));
        json!({ "$ref": format!("#/$defs/{name}") })
    }

    fn make(&mut self, name: &str, block: &'static Block) -> String {
        let mut name = name.to_owned();
        while self.made.contains_key(&name) {
            name.push('_');
        }
        // A place holder stops a block that holds itself (`columns` of a field) from being made again.
        let holder = json!({ "description": block.about });
        self.made.insert(name.clone(), holder);
        let object = self.object(block);
        self.made.insert(name.clone(), Json::Object(object));
        name
    }

    fn shape(&mut self, name: &str, shape: Shape) -> Json {
        let list = |items: Json| json!({ "type": "array", "items": items });
        match shape {
            Shape::One(block) => self.block(name, block),
            Shape::Many(block) => list(self.block(name, block)),
            Shape::OneOrMany(one, many) => {
                let one = self.block(name, one);
                let many = self.block(&format!("{name}_item"), many);
                json!({ "anyOf": [one, list(many)] })
            }
            Shape::Named(block) => {
                json!({ "type": "object", "additionalProperties": self.block(name, block) })
            }
            Shape::TextOrOne(block) => {
                json!({ "anyOf": [{ "type": "string" }, self.block(name, block)] })
            }
            Shape::Lists => {
                let choice = self.block("choice", &crate::parse::language::CHOICE);
                json!({ "type": "object", "additionalProperties": list(choice) })
            }
            Shape::Options => {
                let choice = self.block("choice", &crate::parse::language::CHOICE);
                list(json!({ "anyOf": [{ "type": "string" }, choice] }))
            }
            other => plain(other),
        }
    }
}

fn plain(shape: Shape) -> Json {
    let texts = json!({ "type": "array", "items": { "type": "string" } });
    let span = json!({ "type": "string", "pattern": "^[+-]?[0-9]+(min|h|wh|d|cd|wd|w|m|y)$" });
    let expression = json!({ "$ref": "#/$defs/expression" });
    match shape {
        Shape::Id => json!({ "type": "string", "pattern": "^[a-z][a-z0-9_]*$", "maxLength": 40 }),
        Shape::Flag => json!({ "enum": [true, false, "true", "false"] }),
        Shape::FlagOrExpr => json!({ "anyOf": [{ "type": "boolean" }, expression] }),
        Shape::FlagOrText => json!({ "type": ["boolean", "string"] }),
        Shape::Expr => expression,
        Shape::Number => json!({ "type": ["number", "string"] }),
        Shape::Texts => texts,
        Shape::TextOrTexts => json!({ "anyOf": [{ "type": "string" }, texts] }),
        Shape::Span => span,
        Shape::Spans => json!({ "type": "array", "items": span }),
        Shape::Date => json!({ "type": "string", "format": "date" }),
        Shape::DateOrExpr => json!({ "type": "string" }),
        Shape::Words => json!({ "$ref": "#/$defs/words" }),
        Shape::OneOf(words) => json!({ "enum": words }),
        Shape::SomeOf(words) => {
            let all: Vec<&str> = words.iter().copied().chain(["*"]).collect();
            json!({ "type": "array", "items": { "enum": all } })
        }
        Shape::Exprs => json!({ "type": "object", "additionalProperties": expression }),
        Shape::TextMap => json!({ "type": "object", "additionalProperties": { "type": "string" } }),
        Shape::TextMaps => json!({
            "type": "object",
            "additionalProperties": { "type": "object", "additionalProperties": { "type": "string" } }
        }),
        _ => json!({ "type": "string" }),
    }
}

/// `{ "zh-CN" = "…", en = "…" }`.
fn words() -> Json {
    json!({
        "type": "object",
        "description": "各语言的文字",
        "properties": { "zh-CN": { "type": "string" }, "en": { "type": "string" } },
        "required": ["zh-CN"],
        "additionalProperties": false
    })
}

fn expression() -> Json {
    json!({
        "type": "string",
        "description": "表达式，写字段 id、比较和函数，例如 level == 'major' && size(photos) > 0",
        "format": "cel"
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every key of a definition has its property, from the top down.
    fn missing(
        schema: &Json,
        root: &Json,
        value: &toml::Value,
        path: &str,
        found: &mut Vec<String>,
    ) {
        let schema = match schema["$ref"].as_str() {
            Some(name) => &root["$defs"][name.trim_start_matches("#/$defs/")],
            None => schema,
        };
        if let Some(several) = schema["anyOf"].as_array() {
            let wanted = if value.is_array() { "array" } else { "object" };
            let fits =
                |s: &&Json| s["type"] == wanted || (wanted == "object" && !s["$ref"].is_null());
            if let Some(one) = several.iter().find(fits) {
                missing(one, root, value, path, found);
            }
            return;
        }
        match value {
            toml::Value::Table(table) => {
                for (key, value) in table {
                    let path = format!("{path}.{key}");
                    let known = &schema["properties"][key];
                    let other = &schema["additionalProperties"];
                    match (known.is_null(), other.is_object()) {
                        (false, _) => missing(known, root, value, &path, found),
                        (true, true) => missing(other, root, value, &path, found),
                        (true, false) => found.push(path),
                    }
                }
            }
            toml::Value::Array(items) => {
                for item in items {
                    missing(&schema["items"], root, item, path, found);
                }
            }
            _ => {}
        }
    }

    #[test]
    fn both_complete_definitions_are_covered() {
        let schema = definition_schema();
        for text in [
            include_str!("../tests/data/safety_hazard.toml"),
            include_str!("../tests/data/radiation_device.toml"),
        ] {
            let value: toml::Value = toml::from_str(text).expect("is TOML");
            let mut found = Vec::new();
            missing(&schema, &schema, &value, "", &mut found);
            assert_eq!(found, [""; 0]);
        }
    }

    #[test]
    fn a_slip_is_outside_the_schema() {
        let value: toml::Value =
            toml::from_str("[register]\nid = \"a\"\nverison = \"1\"\n").expect("is TOML");
        let (schema, mut found) = (definition_schema(), Vec::new());
        missing(&schema, &schema, &value, "", &mut found);
        assert_eq!(found, [".register.verison"]);
    }

    #[test]
    fn every_reference_leads_somewhere_and_every_key_says_what_it_is_for() {
        let schema = definition_schema();
        let text = schema.to_string();
        for part in text.split("\"#/$defs/").skip(1) {
            let name = part.split('"').next().unwrap_or("");
            assert!(schema["$defs"][name]["description"].is_string(), "{name}");
        }
        let field = &schema["$defs"]["field"]["properties"];
        assert_eq!(field["columns"]["items"]["$ref"], "#/$defs/field");
        assert_eq!(field["required"]["description"], "必填，或何时必填");
    }
}
