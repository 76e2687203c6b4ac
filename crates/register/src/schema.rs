//! JSON Schema of a record, for OpenAPI and for other people's form builders.

use serde_json::{Map, Value as Json, json};

use crate::definition::{Definition, Field, FieldKind};

impl Definition {
    /// JSON Schema (2020-12) of a record's values as `to_json` writes them. Labels stand in
    /// `title`, choice labels and money units in `x-` keys.
    pub fn json_schema(&self) -> Json {
        let fields: Vec<&Field> = self
            .form_fields()
            .filter(|f| f.kind != FieldKind::Note)
            .collect();
        let mut schema = object(&fields);
        schema.insert(
            "$schema".into(),
            json!("https://json-schema.org/draft/2020-12/schema"),
        );
        schema.insert("title".into(), json!(self.title.zh));
        schema.insert("x-register".into(), json!(self.id));
        schema.insert("x-version".into(), json!(self.version));
        Json::Object(schema)
    }
}

fn object(fields: &[&Field]) -> Map<String, Json> {
    let mut properties = Map::new();
    for field in fields {
        properties.insert(field.id.clone(), Json::Object(property(field)));
        if field.kind == FieldKind::Money && field.bound {
            let codes = json!({ "enum": ["exact", "about", "at_least", "at_most"] });
            properties.insert(format!("{}_bound", field.id), codes);
        }
    }
    let required: Vec<&str> = fields
        .iter()
        .filter(|f| f.required && f.visible.is_none())
        .map(|f| f.id.as_str())
        .collect();
    let mut schema = Map::new();
    schema.insert("type".into(), json!("object"));
    schema.insert("properties".into(), Json::Object(properties));
    schema.insert("required".into(), json!(required));
    schema.insert("additionalProperties".into(), json!(false));
    schema
}

fn property(field: &Field) -> Map<String, Json> {
    let mut schema = shape(field);
    schema.insert("title".into(), json!(field.label.zh));
    if let Some(hint) = &field.hint {
        schema.insert("description".into(), json!(hint.zh));
    }
    if let (true, Some(max)) = (schema.get("type") == Some(&json!("string")), field.max_len) {
        schema.insert("maxLength".into(), json!(max));
    }
    let unit = field.unit_label();
    if !unit.is_empty() {
        schema.insert("x-unit".into(), json!(unit));
    }
    hints(field, &mut schema);
    schema
}

/// What a form builder needs besides the type.
fn hints(field: &Field, schema: &mut Map<String, Json>) {
    schema.insert("x-widget".into(), json!(field.kind.keyword()));
    if field.system || field.compute.is_some() {
        schema.insert("readOnly".into(), json!(true));
    }
    let rules = [
        ("x-visible", &field.visible),
        ("x-required", &field.required_when),
        ("x-read-only", &field.read_only),
        ("x-default", &field.default),
        ("x-compute", &field.compute),
        ("x-pick", &field.pick),
    ];
    for (key, rule) in rules {
        if let Some(rule) = rule {
            schema.insert(key.into(), json!(rule.text()));
        }
    }
    if !field.accept.is_empty() {
        schema.insert("x-accept".into(), json!(field.accept));
    }
    if let Some(crs) = &field.crs {
        schema.insert("x-crs".into(), json!(crs));
    }
}

fn shape(field: &Field) -> Map<String, Json> {
    let id = json!({ "type": "string", "pattern": "^[0-9]{1,16}$" });
    let schema = match &field.kind {
        FieldKind::Int => limits(json!({ "type": "integer" }), field, "minimum", "maximum"),
        FieldKind::Decimal { digits } => json!({ "type": "string", "pattern": decimal(*digits) }),
        FieldKind::Money | FieldKind::Percent => json!({ "type": "string", "pattern": decimal(2) }),
        FieldKind::Bool => json!({ "type": "boolean" }),
        FieldKind::Date => json!({ "type": "string", "format": "date" }),
        FieldKind::DateTime => json!({ "type": "string", "format": "date-time" }),
        FieldKind::Code { .. } => codes(field),
        FieldKind::Codes { .. } => limits(
            json!({ "type": "array", "items": codes(field) }),
            field,
            "minItems",
            "maxItems",
        ),
        FieldKind::Org | FieldKind::Ref { .. } => id,
        FieldKind::Refs { .. } => json!({ "type": "array", "items": id }),
        FieldKind::TextList | FieldKind::Attachment => limits(
            json!({ "type": "array", "items": { "type": "string" } }),
            field,
            "minItems",
            "maxItems",
        ),
        FieldKind::Table { columns } => {
            let columns: Vec<&Field> = columns.iter().collect();
            let rows = json!({ "type": "array", "items": Json::Object(object(&columns)) });
            limits(rows, field, "minItems", "maxItems")
        }
        _ => json!({ "type": "string" }),
    };
    let mut schema = match schema {
        Json::Object(map) => map,
        _ => Map::new(),
    };
    if let Some(to) = field.kind.target() {
        schema.insert("x-register".into(), json!(to));
    }
    schema
}

fn limits(mut schema: Json, field: &Field, min: &str, max: &str) -> Json {
    if let Some(least) = field.min {
        schema[min] = json!(least);
    }
    if let Some(most) = field.max {
        schema[max] = json!(most);
    }
    schema
}

fn decimal(digits: u8) -> String {
    match digits {
        0 => "^-?[0-9]+$".into(),
        _ => format!("^-?[0-9]+(\\.[0-9]{{1,{digits}}})?$"),
    }
}

fn codes(field: &Field) -> Json {
    let codes: Vec<&str> = field.choices.iter().map(|c| c.code.as_str()).collect();
    let labels: Map<String, Json> = field
        .choices
        .iter()
        .map(|c| (c.code.clone(), json!(c.label.zh)))
        .collect();
    json!({ "type": "string", "enum": codes, "x-labels": labels })
}
