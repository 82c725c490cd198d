//! The front page, and text as JSON.

const PATHS: [(&str, &str); 5] = [
    ("GET /", "this page"),
    ("GET /headers", "the headers that came with the request, as JSON"),
    ("GET /lines?count=5", "lines of text, one after the other"),
    ("POST /count", "lines, words and bytes of the body"),
    ("GET /news?from=URL", "titles of a feed that the site fetches itself, through wasi:http/outgoing-handler"),
];

pub fn front() -> String {
    let rows: String = PATHS.iter().map(|(path, words)| format!("<dt><code>{path}</code></dt><dd>{words}</dd>")).collect();
    format!("<!doctype html><html lang=\"en\"><title>A site in a page</title><h1>A site in a page</h1><p>No server is behind these pages.</p><dl>{rows}</dl></html>")
}

pub fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' | '\\' => out.extend(['\\', letter]),
            '\u{0}'..='\u{1f}' => out.push_str(&format!("\\u{:04x}", letter as u32)),
            _ => out.push(letter),
        }
    }
    out.push('"');
    out
}
