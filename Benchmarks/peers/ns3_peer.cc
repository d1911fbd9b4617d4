// ns-3: plain events on its fastest scheduler here, the heap; ns-3's own random streams.
#include <ns3/core-module.h>

#include <deque>

#include "common.h"

namespace {

struct Model {
  long left;
  int idle;
  double between, total = 0;
  std::deque<double> line;
  ns3::Ptr<ns3::ExponentialRandomVariable> draw = ns3::CreateObject<ns3::ExponentialRandomVariable>();

  Model(int c, long n) : left(n), idle(c), between(1 / (0.9 * c)) {}

  static double now() { return ns3::Simulator::Now().GetSeconds(); }

  void start(double arrived) { ns3::Simulator::Schedule(ns3::Seconds(draw->GetValue(1, 0)), &Model::leave, this, arrived); }

  void arrive() {
    if (idle > 0) {
      idle--;
      start(now());
    } else {
      line.push_back(now());
    }
    if (--left) ns3::Simulator::Schedule(ns3::Seconds(draw->GetValue(between, 0)), &Model::arrive, this);
  }

  void leave(double arrived) {
    total += now() - arrived;
    if (line.empty()) {
      idle++;
    } else {
      start(line.front());
      line.pop_front();
    }
  }
};

double queue(int c, long n, unsigned long seed) {
  ns3::RngSeedManager::SetSeed(1);
  ns3::RngSeedManager::SetRun(seed);
  Model model(c, n);
  ns3::ObjectFactory heap("ns3::HeapScheduler");
  ns3::Simulator::SetScheduler(heap);
  ns3::Simulator::Schedule(ns3::Seconds(model.draw->GetValue(model.between, 0)), &Model::arrive, &model);
  ns3::Simulator::Run();
  ns3::Simulator::Destroy();
  return model.total / n;
}

}  // namespace

int main(int argc, char **argv) { return repeat("ns-3", argc, argv, queue); }
