//! A small web site that lives in the page: a wasi:http incoming handler, as servers of WebAssembly components run them, unchanged.
mod news;
mod page;
mod reply;

use reply::Reply;
use std::io::Read;
use wasip2::exports::http::incoming_handler::Guest;
use wasip2::http::types::{IncomingRequest, Method, ResponseOutparam};

struct Site;
wasip2::http::proxy::export!(Site);

impl Guest for Site {
    fn handle(request: IncomingRequest, out: ResponseOutparam) {
        let target = request.path_with_query().unwrap_or_else(|| "/".to_owned());
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let reply = match (request.method(), path) {
            (Method::Get | Method::Head, "/") => Reply::html(200, page::front()),
            (Method::Get, "/headers") => Reply::json(200, headers(&request)),
            (Method::Get, "/lines") => return reply::stream_lines(out, parameter(query, "count").and_then(|count| count.parse().ok()).unwrap_or(5)),
            (Method::Post, "/count") => count(&request),
            (Method::Get, "/news") => news::fetch(&parameter(query, "from").unwrap_or_default()),
            (_, "/" | "/headers" | "/lines" | "/count" | "/news") => Reply::problem(405, "that method is not for this path"),
            _ => Reply::problem(404, "no such path"),
        };
        reply.send(out);
    }
}

fn headers(request: &IncomingRequest) -> String {
    let mut entries: Vec<_> = request.headers().entries();
    entries.sort();
    let fields: Vec<_> = entries
        .iter()
        .map(|(name, value)| format!("{}:{}", page::quote(name), page::quote(&String::from_utf8_lossy(value))))
        .collect();
    format!("{{{}}}", fields.join(","))
}

/// Lines, words and bytes of the body, read in pieces.
fn count(request: &IncomingRequest) -> Reply {
    let Ok(body) = request.consume() else { return Reply::problem(400, "a body that was read before") };
    let Ok(mut stream) = body.stream() else { return Reply::problem(400, "no body") };
    let (mut lines, mut words, mut bytes, mut was_space) = (0u64, 0u64, 0u64, true);
    let mut piece = [0; 16 * 1024];
    loop {
        let got = match Read::read(&mut stream, &mut piece) {
            Ok(0) => break,
            Ok(got) => got,
            Err(error) => return Reply::problem(400, &error.to_string()),
        };
        bytes += got as u64;
        for byte in &piece[..got] {
            lines += u64::from(*byte == b'\n');
            words += u64::from(was_space && !byte.is_ascii_whitespace());
            was_space = byte.is_ascii_whitespace();
        }
    }
    Reply::json(200, format!("{{\"lines\":{lines},\"words\":{words},\"bytes\":{bytes}}}"))
}

fn parameter(query: &str, name: &str) -> Option<String> {
    query.split('&').filter_map(|part| part.split_once('=')).find(|(key, _)| *key == name).map(|(_, value)| decode(value))
}

/// Percent signs and plus signs of a query.
fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok()).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        rest = after;
        match (byte, hex) {
            (b'%', Some(value)) => {
                bytes.push(value);
                rest = &after[2..];
            }
            (b'+', _) => bytes.push(b' '),
            _ => bytes.push(*byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
