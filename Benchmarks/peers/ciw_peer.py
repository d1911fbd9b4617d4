"""Ciw: one node; until the n-th customer has left."""
import ciw

from common import main


def queue(c, n, seed):
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(rate=0.9 * c)],
        service_distributions=[ciw.dists.Exponential(rate=1)], number_of_servers=[c])
    ciw.seed(seed)
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_customers(n, method="Finish")
    records = simulation.get_all_records(only=["service"])
    return 2 * n, {"time_in_system": sum(r.exit_date - r.arrival_date for r in records) / len(records)}


main("ciw", {"mm1": queue, "mmc": queue})
