"""The main classes of the Chinese Library Classification (中国图书馆分类法, 5th edition). Pure data."""

from __future__ import annotations

from wire.faults import Words

CLASSES: dict[str, Words] = {
    "A": Words(
        "马列主义、毛泽东思想、邓小平理论", "Marxism, Leninism, Mao Zedong Thought, Deng Xiaoping Theory"
    ),
    "B": Words("哲学、宗教", "Philosophy, religion"),
    "C": Words("社会科学总论", "Social sciences, general"),
    "D": Words("政治、法律", "Politics, law"),
    "E": Words("军事", "Military science"),
    "F": Words("经济", "Economics"),
    "G": Words("文化、科学、教育、体育", "Culture, science, education, sports"),
    "H": Words("语言、文字", "Languages, writing"),
    "I": Words("文学", "Literature"),
    "J": Words("艺术", "Arts"),
    "K": Words("历史、地理", "History, geography"),
    "N": Words("自然科学总论", "Natural sciences, general"),
    "O": Words("数理科学和化学", "Mathematics, physics, chemistry"),
    "P": Words("天文学、地球科学", "Astronomy, earth sciences"),
    "Q": Words("生物科学", "Biology"),
    "R": Words("医药、卫生", "Medicine, health"),
    "S": Words("农业科学", "Agriculture"),
    "T": Words("工业技术", "Industrial technology"),
    "U": Words("交通运输", "Transport"),
    "V": Words("航空、航天", "Aviation, space"),
    "X": Words("环境科学、安全科学", "Environment, safety"),
    "Z": Words("综合性图书", "General works"),
}
UNCLASSED = Words("未分类", "Unclassified")


def name(letter: str) -> Words:
    """What a class is called; one that the classification does not have is unclassified."""
    return CLASSES.get(letter, UNCLASSED)
