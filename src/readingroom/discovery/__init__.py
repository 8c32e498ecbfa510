"""Discovery: a report turned into mentions of names that nobody has listed yet, with reasons in words.

`scan` reads one report alone, `decide` sums up all scans as votes, `mentions` gives one report's mentions;
`proposals` lists names that may be one, for review.
What the rules look for stands in rules/, as data.
"""

from readingroom.discovery.joins import Attested, Proposal, proposals
from readingroom.discovery.scan import Scan, Sighting, revive, scan
from readingroom.discovery.suggest import mentions
from readingroom.discovery.votes import Asked, Ballot, Names, Poll, Votes, ballot, count, decide, join, poll

__all__ = [
    "Asked",
    "Attested",
    "Ballot",
    "Names",
    "Poll",
    "Proposal",
    "Scan",
    "Sighting",
    "Votes",
    "ballot",
    "count",
    "decide",
    "join",
    "mentions",
    "poll",
    "proposals",
    "revive",
    "scan",
]
