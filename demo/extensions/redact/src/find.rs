//! What looks like an e-mail address, a link, or a long number (a telephone or card number), word by word.

#[derive(Clone, Copy, PartialEq)]
pub enum Kind {
    Mail,
    Link,
    Number,
    Word,
}

/// Bytes `start..end` of the text.
pub struct Finding {
    pub kind: Kind,
    pub start: usize,
    pub end: usize,
}

impl Finding {
    pub fn len(&self) -> usize {
        self.end - self.start
    }
}

/// Words that begin with a capital letter, each once: what may be a name.
pub fn candidates(text: &str) -> Vec<String> {
    let mut words: Vec<String> = text.split(|letter: char| !letter.is_alphabetic()).filter(|word| word.starts_with(char::is_uppercase)).map(str::to_owned).collect();
    words.sort();
    words.dedup();
    words
}

/// In the order of the text, without overlaps.
pub fn all(text: &str, words: &[&str]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut at = 0;
    for token in text.split_inclusive(char::is_whitespace) {
        let bare = token.trim_matches(|letter: char| letter.is_whitespace() || "()[]<>{}\"'.,;:!?".contains(letter));
        if !bare.is_empty() {
            let start = at + (bare.as_ptr() as usize - token.as_ptr() as usize);
            if let Some(kind) = kind_of(bare, words) {
                findings.push(Finding { kind, start, end: start + bare.len() });
            }
        }
        at += token.len();
    }
    findings
}

/// The text with every letter and digit of the findings replaced.
pub fn mask(text: &str, findings: &[Finding], mask: char) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for finding in findings {
        out.push_str(&text[at..finding.start]);
        let hidden = text[finding.start..finding.end].chars();
        out.extend(hidden.map(|letter| if letter.is_alphanumeric() { mask } else { letter }));
        at = finding.end;
    }
    out.push_str(&text[at..]);
    out
}

fn kind_of(token: &str, words: &[&str]) -> Option<Kind> {
    if words.iter().any(|word| word.to_lowercase() == token.to_lowercase()) {
        return Some(Kind::Word);
    }
    if token.starts_with("https://") || token.starts_with("http://") || token.starts_with("www.") {
        return Some(Kind::Link);
    }
    if let Some((name, host)) = token.split_once('@') {
        if !name.is_empty() && host.contains('.') && !host.contains('@') {
            return Some(Kind::Mail);
        }
    }
    let digits = token.chars().filter(char::is_ascii_digit).count();
    let others = token.chars().filter(|letter| !letter.is_ascii_digit() && !"+-./ ".contains(*letter)).count();
    (digits >= 7 && others == 0).then_some(Kind::Number)
}
