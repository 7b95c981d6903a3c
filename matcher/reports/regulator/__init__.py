"""The regulator's pack: documents in both languages made of facts, each naming what it rests on."""
