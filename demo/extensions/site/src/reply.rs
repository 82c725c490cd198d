//! What goes back: a status, a type and a body, or lines that follow each other.
use std::io::Write;
use wasip2::http::types::{Fields, OutgoingBody, OutgoingResponse, ResponseOutparam};

const MAX_LINES: u32 = 10_000;

pub struct Reply {
    status: u16,
    content_type: &'static str,
    body: String,
}

impl Reply {
    pub fn html(status: u16, body: String) -> Self {
        Reply { status, content_type: "text/html; charset=utf-8", body }
    }

    pub fn json(status: u16, body: String) -> Self {
        Reply { status, content_type: "application/json", body }
    }

    pub fn problem(status: u16, detail: &str) -> Self {
        let body = format!("{{\"status\":{status},\"detail\":{}}}", crate::page::quote(detail));
        Reply { status, content_type: "application/problem+json", body }
    }

    pub fn send(self, out: ResponseOutparam) {
        let length = self.body.len().to_string();
        let headers = [("content-type", self.content_type), ("content-length", &length)];
        write(out, self.status, &headers, |stream| stream.write_all(self.body.as_bytes()));
    }
}

/// One line at a time, each flushed: the caller sees the first before the last is written.
pub fn stream_lines(out: ResponseOutparam, count: u32) {
    write(out, 200, &[("content-type", "text/plain; charset=utf-8")], |stream| {
        for line in 1..=count.min(MAX_LINES) {
            writeln!(stream, "line {line} of {count}")?;
            stream.flush()?;
        }
        Ok(())
    });
}

fn write(out: ResponseOutparam, status: u16, headers: &[(&str, &str)], body: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) {
    let fields = Fields::new();
    for (name, value) in headers {
        // Names and values are this file's own: the only error here would be a forbidden name.
        let _ = fields.append(name, value.as_bytes());
    }
    let response = OutgoingResponse::new(fields);
    let _ = response.set_status_code(status);
    let outgoing = response.body().expect("a fresh response has a body");
    ResponseOutparam::set(out, Ok(response));
    let mut stream = outgoing.write().expect("a fresh body has a stream");
    let result = body(&mut stream);
    drop(stream);
    // A caller that went away is no fault of ours; the body just ends without its end mark.
    if result.is_ok() {
        let _ = OutgoingBody::finish(outgoing, None);
    }
}
