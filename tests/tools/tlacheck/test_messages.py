"""Tool-mode framing: whole, nested, interleaved, cut off."""

from tlacheck.messages import Message, MessageReader, OutputLine


def read(text: str) -> list[Message | OutputLine]:
    reader = MessageReader()
    items = [item for line in text.splitlines() for item in reader.feed(line)]
    return [*items, *reader.finish()]


def test_lines_between_messages_are_output() -> None:
    items = read("<<1>>\n@!@!@STARTMSG 2185:0 @!@!@\nStarting...\n@!@!@ENDMSG 2185 @!@!@\n\nlast")

    assert items == [
        OutputLine("<<1>>"),
        Message(code=2185, severity=0, text="Starting..."),
        OutputLine(""),
        OutputLine("last"),
    ]


def test_a_message_may_begin_in_the_middle_of_a_line_of_another() -> None:
    items = read(
        "@!@!@STARTMSG 1000:1 @!@!@\nThe exception was X\n: @!@!@STARTMSG 5006:0 @!@!@\nexpecting }\n"
        "@!@!@ENDMSG 5006 @!@!@\n@!@!@ENDMSG 1000 @!@!@"
    )

    (outer,) = items
    assert isinstance(outer, Message)
    assert outer.text == "The exception was X\n: \nexpecting }"
    assert outer.nested == (Message(code=5006, severity=0, text="expecting }"),)
    assert [message.code for message in outer.walk()] == [1000, 5006]


def test_a_whole_message_on_one_line() -> None:
    assert read("@!@!@STARTMSG 2262:0 @!@!@ TLC2 @!@!@ENDMSG 2262 @!@!@") == [
        Message(code=2262, severity=0, text=" TLC2 ")
    ]


def test_a_killed_run_leaves_its_last_message_open() -> None:
    (message,) = read("@!@!@STARTMSG 2217:4 @!@!@\n1: <Initial predicate>\nx = 0")

    assert message == Message(code=2217, severity=4, text="1: <Initial predicate>\nx = 0", complete=False)


def test_an_inner_message_without_an_end_is_closed_with_the_outer_one() -> None:
    (message,) = read("@!@!@STARTMSG 1:1 @!@!@\n@!@!@STARTMSG 2:1 @!@!@\ninner\n@!@!@ENDMSG 1 @!@!@")

    assert isinstance(message, Message)
    assert message.complete
    assert message.nested == (Message(code=2, severity=1, text="inner", complete=False),)


def test_an_end_without_a_beginning_is_nothing() -> None:
    assert read("@!@!@ENDMSG 7 @!@!@\nafter") == [OutputLine("after")]


def test_empty_lines_inside_a_message_are_kept() -> None:
    (message,) = read("@!@!@STARTMSG 1:1 @!@!@\na\n\nb\n@!@!@ENDMSG 1 @!@!@")

    assert isinstance(message, Message)
    assert message.text == "a\n\nb"
