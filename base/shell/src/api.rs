//! The API's own matters: problem documents (RFC 9457), lists, the OpenAPI 3.1 document made from the routes, its page.

use askama::Template;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kernel::Error;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde_json::{Value, json};

use crate::guard::explain;
use crate::request::{Answer, Visit};
use crate::router::Config;
use crate::slice::{Needs, Rate, Route, Who};
use crate::translation::T;

/// A page of a list.
#[derive(Serialize, JsonSchema)]
pub struct List<I> {
    pub items: Vec<I>,
    /// Give this back as `?after=` for the next page; null at the end.
    pub next: Option<String>,
}

impl<I> From<kernel::Page<I>> for List<I> {
    fn from(page: kernel::Page<I>) -> Self {
        Self { items: page.items, next: page.next.map(|c| c.to_string()) }
    }
}

/// What the document says of a route: made beside the route, so that the two cannot differ.
pub struct Doc {
    pub summary: &'static str,
    takes: Option<fn(&mut SchemaGenerator) -> Schema>,
    gives: Option<fn(&mut SchemaGenerator) -> Schema>,
    status: StatusCode,
    query: Vec<(&'static str, &'static str)>,
}

impl Doc {
    pub fn new(summary: &'static str) -> Self {
        Self { summary, takes: None, gives: None, status: StatusCode::NO_CONTENT, query: Vec::new() }
    }

    pub fn takes<I: JsonSchema>(mut self) -> Self {
        self.takes = Some(|g| g.subschema_for::<I>());
        self
    }

    pub fn gives<O: JsonSchema>(mut self) -> Self {
        self.gives = Some(|g| g.subschema_for::<O>());
        self.status = StatusCode::OK;
        self
    }

    pub fn created<O: JsonSchema>(self) -> Self {
        Self { status: StatusCode::CREATED, ..self.gives::<O>() }
    }

    /// A keyset page, read on with `?after=`.
    pub fn pages(self) -> Self {
        self.asks("after", "where the last page ended: its `next`")
    }

    pub fn asks(mut self, name: &'static str, meaning: &'static str) -> Self {
        self.query.push((name, meaning));
        self
    }
}

pub fn created(body: impl Serialize) -> Response {
    (StatusCode::CREATED, Json(body)).into_response()
}

/// RFC 9457. `type` is about:blank: the status says what kind it is; `errors` names fields.
pub(crate) fn problem(t: T, status: StatusCode, error: &Error, reference: Option<String>) -> Response {
    let (detail, _) = explain(t, error);
    let mut body = json!({
        "type": "about:blank",
        "title": status.canonical_reason().unwrap_or("Problem"),
        "status": status.as_u16(),
        "detail": detail,
    });
    if let (Error::Invalid(problems), Some(map)) = (error, body.as_object_mut()) {
        let errors: Vec<Value> =
            problems.iter().map(|p| json!({"field": p.field, "detail": t.sentence(&p.say)})).collect();
        map.insert("errors".into(), errors.into());
    }
    if let (Some(reference), Some(map)) = (reference, body.as_object_mut()) {
        map.insert("reference".into(), reference.into());
    }
    let kind = [(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"))];
    (status, kind, body.to_string()).into_response()
}

#[derive(JsonSchema)]
#[allow(dead_code)] // the shape of `problem`, for the document
struct Problem {
    r#type: String,
    title: String,
    status: u16,
    /// A sentence for a person.
    detail: String,
    errors: Option<Vec<FieldProblem>>,
    /// Names the line in the operator's log.
    reference: Option<String>,
}

#[derive(JsonSchema)]
#[allow(dead_code)]
struct FieldProblem {
    field: String,
    detail: String,
}

pub(crate) fn document<'a>(config: &Config, routes: impl Iterator<Item = &'a Route>) -> Value {
    let settings = SchemaSettings::draft2020_12().with(|s| s.definitions_path = "/components/schemas".into());
    let mut schemas = settings.into_generator();
    let fault = schemas.subschema_for::<Problem>();
    let mut paths = serde_json::Map::new();
    for route in routes {
        let Some(doc) = &route.doc else { continue };
        let operation = operation(route, doc, &fault, &mut schemas);
        let path = paths.entry(route.path.to_owned()).or_insert_with(|| json!({}));
        if let Some(map) = path.as_object_mut() {
            map.insert(route.method.as_str().to_lowercase(), operation);
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Tacit",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Every act of a community of practice over the same rules as the pages.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}
        },
        "servers": [{"url": config.public_url.trim_end_matches('/')}],
        "paths": paths,
        "components": {
            "schemas": schemas.take_definitions(true),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}
        }
    })
}

fn operation(route: &Route, doc: &Doc, fault: &Schema, schemas: &mut SchemaGenerator) -> Value {
    let mut parameters: Vec<Value> = route
        .path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| {
            let pattern = if name == "id" { "^[1-9][0-9]{0,18}$" } else { "^[a-z0-9][a-z0-9-]*$" };
            let schema = json!({"type": "string", "pattern": pattern, "maxLength": 60});
            json!({"name": name, "in": "path", "required": true, "schema": schema})
        })
        .collect();
    parameters.extend(doc.query.iter().map(|(name, meaning)| {
        json!({"name": name, "in": "query", "description": meaning, "schema": {"type": "string", "maxLength": 200}})
    }));
    if doc.takes.is_some() {
        parameters.push(json!({
            "name": "Idempotency-Key", "in": "header", "description": "makes the act happen once however often it is sent",
            "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"}
        }));
    }
    let json_of = |schema: &Schema, kind: &str| json!({kind: {"schema": schema}});
    let mut answers = serde_json::Map::new();
    let mut good = json!({"description": doc.status.canonical_reason().unwrap_or("done")});
    if let (Some(gives), Some(map)) = (doc.gives, good.as_object_mut()) {
        map.insert("content".into(), json_of(&gives(schemas), "application/json"));
    }
    answers.insert(doc.status.as_u16().to_string(), good);
    let wrong = [(401, "a token is needed"), (403, "a rule says no"), (404, "not there, or not for you"), (409, "changed meanwhile"),
        (413, "too large"), (422, "fields to mend"), (429, "too often"), (503, "not right now")];
    for (status, meaning) in wrong {
        let answer = json!({"description": meaning, "content": json_of(fault, "application/problem+json")});
        answers.insert(status.to_string(), answer);
    }
    let security = match route.needs.who {
        Who::Anyone | Who::ApiRead => json!([{}, {"token": []}]),
        _ => json!([{"token": []}]),
    };
    let mut operation = json!({
        "summary": doc.summary, "operationId": name_of(route), "parameters": parameters,
        "responses": answers, "security": security
    });
    if let (Some(takes), Some(map)) = (doc.takes, operation.as_object_mut()) {
        map.insert("requestBody".into(), json!({"required": true, "content": json_of(&takes(schemas), "application/json")}));
    }
    operation
}

/// `get_communities_slug_members`.
fn name_of(route: &Route) -> String {
    let words = route.path.trim_start_matches("/api/v1").replace(['{', '}'], "");
    format!("{}{}", route.method.as_str().to_lowercase(), words.replace(['/', '-', '.'], "_"))
}

pub(crate) fn pages() -> Vec<Route> {
    vec![
        Route::get("/api/v1/openapi.json", Needs::reading(), openapi),
        Route::get("/api", Needs::reading(), page),
        Route::get("/about", Needs::reading(), about),
        Route::get("/healthz/live", Needs::new(Who::Anyone, Rate::Live, 0), crate::live::beat),
    ]
}

async fn openapi(visit: Visit) -> Json<Value> {
    Json(visit.shell.openapi.clone())
}

#[derive(Template)]
#[template(path = "api.html")]
struct ApiPage {
    t: T,
    url: String,
    acts: Vec<(String, String, String)>,
}

/// The document as people read it.
async fn page(visit: Visit) -> Answer {
    let mut acts = Vec::new();
    let paths = visit.shell.openapi.get("paths").and_then(Value::as_object).cloned().unwrap_or_default();
    for (path, methods) in paths {
        for (method, operation) in methods.as_object().cloned().unwrap_or_default() {
            let summary = operation.get("summary").and_then(Value::as_str).unwrap_or_default().to_owned();
            acts.push((method.to_uppercase(), path.clone(), summary));
        }
    }
    let shown = ApiPage { t: visit.t, url: visit.address_of(""), acts };
    Ok(visit.page(visit.t.say("For programs"), &shown).await?)
}

#[derive(Template)]
#[template(path = "about.html")]
struct AboutPage {
    t: T,
    demo: bool,
}

async fn about(visit: Visit) -> Answer {
    let shown = AboutPage { t: visit.t, demo: visit.shell.config.demo };
    Ok(visit.page(visit.t.say("About this place"), &shown).await?)
}
