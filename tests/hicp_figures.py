"""Consumer prices of the euro area by main components, as published on 17 January 2024: typed in as facts.

Weights of 2023 per mille; annual rates of July to December 2023 and the monthly rate of December, per cent. Eurostat,
as told by Reuters, https://cde.news/euro-zone-consumer-inflation-in-december/.
"""

MONTHS = ("2023-07", "2023-08", "2023-09", "2023-10", "2023-11", "2023-12")
WEIGHTS = {
    "all items": 1000.0,
    "excluding energy": 897.7,
    "excluding energy, unprocessed food": 852.7,
    "excluding energy, food, alcohol, tobacco": 697.9,
    "food, alcohol, tobacco": 199.8,
    "processed food, alcohol, tobacco": 154.8,
    "unprocessed food": 45.0,
    "energy": 102.3,
    "non-energy industrial goods": 262.7,
    "services": 435.3,
}
ANNUAL = {
    "all items": (5.3, 5.2, 4.3, 2.9, 2.4, 2.9),
    "excluding energy": (6.7, 6.3, 5.5, 4.9, 4.3, 4.0),
    "excluding energy, unprocessed food": (6.6, 6.2, 5.5, 5.0, 4.2, 3.9),
    "excluding energy, food, alcohol, tobacco": (5.5, 5.3, 4.5, 4.2, 3.6, 3.4),
    "food, alcohol, tobacco": (10.8, 9.7, 8.8, 7.4, 6.9, 6.1),
    "processed food, alcohol, tobacco": (11.3, 10.3, 9.4, 8.4, 7.1, 5.9),
    "unprocessed food": (9.2, 7.8, 6.6, 4.5, 6.3, 6.8),
    "energy": (-6.1, -3.3, -4.6, -11.2, -11.5, -6.7),
    "non-energy industrial goods": (5.0, 4.7, 4.1, 3.5, 2.9, 2.5),
    "services": (5.6, 5.5, 4.7, 4.6, 4.0, 4.0),
}
MONTHLY = {
    "all items": 0.2,
    "excluding energy": 0.3,
    "excluding energy, unprocessed food": 0.3,
    "excluding energy, food, alcohol, tobacco": 0.5,
    "food, alcohol, tobacco": 0.0,
    "processed food, alcohol, tobacco": -0.2,
    "unprocessed food": 0.4,
    "energy": -1.6,
    "non-energy industrial goods": 0.0,
    "services": 0.7,
}
#: what each aggregate is made of
PARTS = {
    "all items": ("food, alcohol, tobacco", "energy", "non-energy industrial goods", "services"),
    "excluding energy": ("food, alcohol, tobacco", "non-energy industrial goods", "services"),
    "excluding energy, unprocessed food": (
        "processed food, alcohol, tobacco",
        "non-energy industrial goods",
        "services",
    ),
    "excluding energy, food, alcohol, tobacco": ("non-energy industrial goods", "services"),
    "food, alcohol, tobacco": ("processed food, alcohol, tobacco", "unprocessed food"),
}
