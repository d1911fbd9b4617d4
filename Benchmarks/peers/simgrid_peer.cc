// SimGrid (S4U): servers are actors that wait at a semaphore for customers; all actors run on one thread, so that the line
// itself is an ordinary queue.
#include <simgrid/s4u.hpp>

#include <deque>
#include <random>

#include "common.h"

namespace sg4 = simgrid::s4u;

namespace {

double total;

// An engine can be made once in a process: repetitions follow one another in simulated time.
double queue(int c, long n, unsigned long seed) {
  std::mt19937_64 random(seed);
  std::exponential_distribution<double> service(1), between(0.9 * c);
  std::deque<double> line;
  auto waiting = sg4::Semaphore::create(0);
  sg4::Engine *engine = sg4::Engine::get_instance();
  sg4::Host *host = engine->get_all_hosts().front();
  total = 0;
  for (int s = 0; s < c; s++) {
    auto server = sg4::Actor::create("server", host, [&]() {
      for (;;) {
        waiting->acquire();
        double arrived = line.front();
        line.pop_front();
        sg4::this_actor::sleep_for(service(random));
        total += sg4::Engine::get_clock() - arrived;
      }
    });
    // The simulation ends when only daemons are left; one that still serves keeps no one waiting but itself.
    server->daemonize();
  }
  sg4::Actor::create("source", host, [&]() {
    for (long i = 0; i < n; i++) {
      sg4::this_actor::sleep_for(between(random));
      line.push_back(sg4::Engine::get_clock());
      waiting->release();
    }
    while (!line.empty()) sg4::this_actor::sleep_for(1);
    sg4::this_actor::sleep_for(50);
  });
  engine->run();
  return total / n;
}

}  // namespace

int main(int argc, char **argv) {
  sg4::Engine engine(&argc, argv);
  auto *zone = sg4::create_full_zone("zone");
  zone->create_host("host", 1e9);
  zone->seal();
  return repeat("simgrid", argc, argv, queue);
}
