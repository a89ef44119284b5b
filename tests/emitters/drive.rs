//! Two processes that send each other an item, traced: the same program in every language of the emitters.

mod tla_trace;

use tla_trace::{Tracer, Value};

fn main() -> std::io::Result<()> {
    let folder = std::env::args().nth(1).expect("a folder");
    let processes = Value::Set(vec!["a".into(), "b".into()]);
    let constants = Value::Record(vec![("Process".to_string(), processes)]);
    let header = [("spec", "Channel".into()), ("constants", constants)];
    let a = Tracer::new(format!("{folder}/a.ndjson"), "a", &header)?;
    let b = Tracer::new(format!("{folder}/b.ndjson"), "b", &header)?;
    let nested = vec![("x".to_string(), vec![1, -2].into()), ("s".to_string(), Value::Set(vec!["p".into()]))];
    a.emit(
        "Send",
        &[
            ("to", "b".into()),
            ("item", 1.into()),
            ("text", "π \"quoted\" \\ \n 𝄞".into()),
            ("list", Value::List(vec![true.into(), false.into(), Value::Null])),
            ("big", (1i64 << 60).into()),
            ("nested", Value::Record(nested)),
        ],
    )?;
    let stamp = a.stamp();
    b.receive(&stamp);
    b.emit("Receive", &[("item", 1.into())])?;
    b.emit("Send", &[("to", "a".into()), ("item", 2.into())])?;
    let stamp = b.stamp();
    a.emit("Think", &[])?;
    a.receive(&stamp);
    a.emit("Receive", &[("item", 2.into())])?;
    if a.emit("Wrong", &[("clock", 7.into())]).is_err() {
        println!("refused");
    }
    let think = || (0..50).try_for_each(|_| a.emit("Think", &[]));
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(think)).collect();
        threads.into_iter().try_for_each(|thread| thread.join().expect("a thread that thinks"))
    })
}
