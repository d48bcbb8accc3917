"""Opening hours: a fleet of simulated terminals against central as it is deployed, and a recount afterwards.

Three things come together, as on a working day (docs/opening-hours.md): the fleet is switched on within ten minutes;
people come all day; in the middle of it an outage ends and what terminals made meanwhile comes in.

Start reading at :mod:`bench.opening.run`. What a terminal does is decided by the terminal's own code
(:mod:`kiosk.sync.planning`, :mod:`kiosk.sync.outcomes`, the pace of :mod:`kiosk.sync.refresh`); here it is only played,
without a disk and as a coroutine, so that one process can be all of them.
"""
