from mock_server.memory import Memory


def test_a_memory_forgets_all_before_it_holds_too_much() -> None:
    memory: Memory[int, str] = Memory(2)

    for number in range(3):
        memory[number] = "a"

    assert memory == {2: "a"}


def test_a_memory_forgets_all_before_it_has_no_room() -> None:
    memory: Memory[int, str] = Memory(100, room=10)

    memory.keep(1, "a", size=4)
    memory.keep(2, "b", size=6)
    assert memory == {1: "a", 2: "b"}
    memory.keep(3, "c", size=1)
    assert memory == {3: "c"}
    memory.keep(4, "d", size=9)
    assert memory == {3: "c", 4: "d"}
