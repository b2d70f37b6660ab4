from mock_server.memory import Memory


def test_a_memory_forgets_all_before_it_holds_too_much() -> None:
    memory: Memory[int, str] = Memory(2)

    for number in range(3):
        memory[number] = "a"

    assert memory == {2: "a"}
