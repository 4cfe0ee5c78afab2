"""What of each offer people's needs are compared with: columns over all offers, so that all are looked at in one go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from locales.dates import in_rome
from services_directory.desk.directory import EARTH_KM, Directory
from services_directory.facts import Activity, Office, Service

Bools: TypeAlias = npt.NDArray[np.bool_]
Floats: TypeAlias = npt.NDArray[np.float64]
Places: TypeAlias = list[tuple[Office, str | None]]


class Needs:
    """The columns of one version of the directory; each row is the offer at that place of the list."""

    def __init__(self, directory: Directory, items: Sequence[Service | Activity]) -> None:
        self._directory = directory
        self._places = [offices_of(directory, item) for item in items]
        self._in_city = _rows_of([item.city] for item in items)
        self._on_topic = _rows_of(item.topics for item in items)
        self._spoken = _rows_of(
            {code for office, _hours in places for code in office.languages} for places in self._places
        )
        self._meant_for = _rows_of(item.audience for item in items)
        self._for_everybody = np.array([not item.audience for item in items], np.bool_)
        points = [(at, *point) for at, places in enumerate(self._places) for point in _points(places)]
        rows, north, east = np.array(points, np.float64).reshape(-1, 3).T
        self._rows, self._north, self._east = rows.astype(np.int32), np.radians(north), np.radians(east)
        self._nowhere = np.zeros(len(items), np.bool_)

    def fitting(self, city: str | None, topic: str | None, language: str | None, audience: str | None) -> Bools:
        """Which offers are of that city, on that topic, where that language is spoken, and not for others only."""
        fits = np.ones(len(self._places), np.bool_)
        for rows, wanted in ((self._in_city, city), (self._on_topic, topic), (self._spoken, language)):
            if wanted is not None:
                fits &= rows.get(wanted, self._nowhere)
        if audience is not None:
            fits &= self.meant_for(audience) | self._for_everybody
        return fits

    def meant_for(self, audience: str) -> Bools:
        """Which offers say that they are for these people."""
        return self._meant_for.get(audience, self._nowhere)

    def kilometres(self, latitude: float, longitude: float) -> Floats:
        """How far each offer's nearest place is from a point in WGS 84 degrees, by the great circle; inf: unknown."""
        north, east = np.radians((latitude, longitude))
        across = np.cos(north) * np.cos(self._north) * np.sin((self._east - east) / 2) ** 2
        half = np.sin((self._north - north) / 2) ** 2 + across
        nearest = np.full(len(self._places), np.inf)
        np.minimum.at(nearest, self._rows, 2 * EARTH_KM * np.arcsin(np.sqrt(half)))
        return nearest

    def open_ones(self, rows: Iterable[int], now: datetime) -> Iterator[int]:
        """Those of the rows, in their order, where somebody is at `now` (aware); each place is looked at once."""
        known: dict[tuple[str, str | None], bool] = {}
        for row in rows:
            for office, hours in self._places[row]:
                place = (office.key, hours)
                if place not in known:
                    known[place] = self._is_open(*place, in_rome(now))
                if known[place]:
                    yield row
                    break

    def _is_open(self, office: str, hours: str | None, moment: datetime) -> bool:
        intervals = self._directory.hours(office, moment.date(), hours).intervals or ()
        return any(opens <= moment.time() < closes for opens, closes in intervals)


def offices_of(directory: Directory, item: Service | Activity) -> Places:
    """Where it is offered, and its own hours there; places that are closed for good are left out."""
    found = ((directory.office(place.office), place.hours) for place in item.offices)
    return [(office, hours) for office, hours in found if office is not None and not office.retired]


def _rows_of(values: Iterable[Iterable[str]]) -> dict[str, Bools]:
    """For each value, which rows have it."""
    rows = [set(row) for row in values]
    return {value: np.array([value in row for row in rows], np.bool_) for value in set().union(*rows)}


def _points(places: Places) -> Iterator[tuple[float, float]]:
    for office, _hours in places:
        if office.latitude is not None and office.longitude is not None:
            yield office.latitude, office.longitude
