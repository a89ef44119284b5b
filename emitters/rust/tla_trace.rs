//! Writes traces that tla-conformance reads. Copy this file into your program; it needs Rust 1.63 and the standard
//! library.
//!
//! One tracer a process, one file a tracer. Every line is one event with the process's vector clock, so that the logs of
//! several processes can be put together without synchronised clocks:
//!
//! ```ignore
//! let tracer = Tracer::new("logs/a.ndjson", "a", &[("spec", "Queue".into())])?;
//! tracer.emit("Send", &[("to", "b".into()), ("item", 3.into())])?;
//! send_to_b(3, tracer.stamp());              // the stamp travels with the message
//!
//! tracer.receive(&message.clock);            // at the receiver, before it writes its own event
//! tracer.emit("Receive", &[("sender", "a".into()), ("item", message.item.into())])?;
//! ```
//!
//! Write an event when its step is done and before anything that depends on it leaves the process. A line is handed to
//! the operating system whole; what a crash cuts off is at most the last one. Tracers may be shared by threads, but the
//! step and its event must then be made under one lock of yours, or another thread's event may come between them.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Mutex;

/// The events of each process that are known to have happened.
pub type Clock = BTreeMap<String, u64>;

/// What an event may say. Fractions have no place in a trace.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    Bool(bool),
    Int(i128),
    Text(String),
    List(Vec<Value>),
    Set(Vec<Value>),
    Record(Vec<(String, Value)>),
}

macro_rules! from_integer {
    ($($kind:ty),*) => { $(impl From<$kind> for Value {
        fn from(value: $kind) -> Self { Value::Int(value as i128) }
    })* };
}
from_integer!(i8, i16, i32, i64, i128, u8, u16, u32, u64, usize, isize);

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Value::Bool(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Value::Text(value.to_string())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Value::Text(value)
    }
}

impl<T: Into<Value>> From<Vec<T>> for Value {
    fn from(items: Vec<T>) -> Self {
        Value::List(items.into_iter().map(Into::into).collect())
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Null, Into::into)
    }
}

impl From<&Clock> for Value {
    fn from(clock: &Clock) -> Self {
        Value::Record(clock.iter().map(|(process, count)| (process.clone(), (*count).into())).collect())
    }
}

/// Appends events to a file.
pub struct Tracer {
    process: String,
    state: Mutex<(File, Clock)>,
}

impl Tracer {
    /// Starts a file; the header's members (`spec`, `constants`, ...) go into its first line.
    pub fn new(path: impl AsRef<Path>, process: &str, header: &[(&str, Value)]) -> io::Result<Tracer> {
        let mut file = File::create(path)?;
        let first = [("format", "tla-conformance/trace".into()), ("version", 1.into()), ("process", process.into())];
        write_line(&mut file, &first, header)?;
        let clock = Clock::from([(process.to_string(), 0)]);
        Ok(Tracer { process: process.to_string(), state: Mutex::new((file, clock)) })
    }

    /// Writes one event.
    pub fn emit(&self, event: &str, fields: &[(&str, Value)]) -> io::Result<()> {
        let (file, clock) = &mut *self.state.lock().expect("a thread panicked while it wrote an event");
        let mut next = clock.clone();
        *next.entry(self.process.clone()).or_insert(0) += 1;
        let own = [("event", event.into()), ("process", self.process.as_str().into()), ("clock", Value::from(&next))];
        write_line(file, &own, fields)?;
        *clock = next;
        Ok(())
    }

    /// The clock to send along with a message.
    pub fn stamp(&self) -> Clock {
        self.state.lock().expect("a thread panicked while it wrote an event").1.clone()
    }

    /// Takes over the clock that came with a message; the next event is then after everything the sender knew.
    pub fn receive(&self, stamp: &Clock) {
        let (_, clock) = &mut *self.state.lock().expect("a thread panicked while it wrote an event");
        for (process, count) in stamp.iter().filter(|(process, _)| **process != self.process) {
            let known = clock.entry(process.clone()).or_insert(0);
            *known = (*known).max(*count);
        }
    }
}

fn write_line(file: &mut File, own: &[(&str, Value)], more: &[(&str, Value)]) -> io::Result<()> {
    if let Some((name, _)) = more.iter().find(|(name, _)| own.iter().any(|(taken, _)| taken == name)) {
        let problem = format!("'{name}' is written by the tracer itself; call this field something else");
        return Err(io::Error::new(io::ErrorKind::InvalidInput, problem));
    }
    let mut line = String::new();
    append_record(&mut line, own.iter().chain(more).map(|(name, value)| (*name, value)));
    line.push('\n');
    file.write_all(line.as_bytes())
}

fn append(out: &mut String, value: &Value) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Int(value) if value.unsigned_abs() <= 1 << 53 => out.push_str(&value.to_string()),
        Value::Int(value) => out.push_str(&format!("{{\"#bigint\":\"{value}\"}}")),
        Value::Text(text) => quote(out, text),
        Value::List(items) => append_list(out, items),
        Value::Set(items) => {
            out.push_str("{\"#set\":");
            append_list(out, items);
            out.push('}');
        }
        Value::Record(members) => append_record(out, members.iter().map(|(name, value)| (name.as_str(), value))),
    }
}

fn append_list(out: &mut String, items: &[Value]) {
    out.push('[');
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        append(out, item);
    }
    out.push(']');
}

fn append_record<'a>(out: &mut String, members: impl Iterator<Item = (&'a str, &'a Value)>) {
    out.push('{');
    for (index, (name, value)) in members.enumerate() {
        if index > 0 {
            out.push(',');
        }
        quote(out, name);
        out.push(':');
        append(out, value);
    }
    out.push('}');
}

fn quote(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            control if control < ' ' => out.push_str(&format!("\\u{:04x}", control as u32)),
            other => out.push(other),
        }
    }
    out.push('"');
}
