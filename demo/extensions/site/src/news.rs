//! Fetches a feed and gives its titles: a request of the guest's own, which the host may refuse.
use crate::page::quote;
use crate::reply::Reply;
use std::io::Read;
use wasip2::http::outgoing_handler;
use wasip2::http::types::{ErrorCode, Fields, IncomingResponse, OutgoingRequest, Scheme};

const MAX_BYTES: u64 = 1 << 20;

pub fn fetch(url: &str) -> Reply {
    let Some(request) = request_for(url) else { return Reply::problem(400, "from is not an http or https address") };
    match answer(request) {
        Ok(response) if response.status() == 200 => titles(&response),
        Ok(response) => Reply::problem(502, &format!("the feed's server answered {}", response.status())),
        Err(ErrorCode::HttpRequestDenied) => Reply::problem(403, "this site may not reach that address"),
        Err(error) => Reply::problem(502, &error.to_string()),
    }
}

fn request_for(url: &str) -> Option<OutgoingRequest> {
    let (scheme, rest) = match url.split_once("://")? {
        ("https", rest) => (Scheme::Https, rest),
        ("http", rest) => (Scheme::Http, rest),
        _ => return None,
    };
    let (authority, path) = rest.find('/').map_or((rest, "/"), |slash| rest.split_at(slash));
    let headers = Fields::new();
    headers.append("accept", b"application/rss+xml").ok()?;
    let request = OutgoingRequest::new(headers);
    request.set_scheme(Some(&scheme)).ok()?;
    request.set_authority(Some(authority)).ok()?;
    request.set_path_with_query(Some(path)).ok()?;
    Some(request)
}

fn answer(request: OutgoingRequest) -> Result<IncomingResponse, ErrorCode> {
    let future = outgoing_handler::handle(request, None)?;
    future.subscribe().block();
    // Ready, and not taken before: both layers around the answer are there.
    future.get().and_then(Result::ok).unwrap_or(Err(ErrorCode::InternalError(None)))
}

fn titles(response: &IncomingResponse) -> Reply {
    let mut text = String::new();
    let body = response.consume().expect("a fresh response has a body");
    let stream = body.stream().expect("a fresh body has a stream");
    if stream.take(MAX_BYTES).read_to_string(&mut text).is_err() {
        return Reply::problem(502, "the feed is no text");
    }
    let titles: Vec<_> = text
        .split("<title>")
        .skip(1)
        .filter_map(|part| part.split_once("</title>"))
        .map(|(title, _)| quote(title.trim().trim_start_matches("<![CDATA[").trim_end_matches("]]>")))
        .collect();
    Reply::json(200, format!("{{\"titles\":[{}]}}", titles.join(",")))
}
