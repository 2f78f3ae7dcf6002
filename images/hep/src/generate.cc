// generate EVENTS SEED: toy dijet events as HepMC3 ASCII on the standard output.
// Two jets back to back in a steeply falling spectrum, each broken into a few hadrons, over a soft background.
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <numeric>
#include <random>
#include <vector>

#include "HepMC3/GenEvent.h"
#include "HepMC3/GenParticle.h"
#include "HepMC3/GenVertex.h"
#include "HepMC3/WriterAscii.h"

namespace {

constexpr double kPi = 3.14159265358979323846;
constexpr double kBeamEnergy = 6500;
constexpr double kJetPtMin = 25;
constexpr double kJetPtMax = 500;
constexpr double kSpectrumPower = 4;
constexpr double kHadronPtMin = 0.05;
constexpr int kSoftHadrons = 60;
constexpr int kHadrons[] = {211, -211, 111, 321, -321, 22, 2212, 130};
constexpr int kProton = 2212;
constexpr int kFinalState = 1;
constexpr int kBeam = 4;

struct Direction {
    double eta;
    double phi;
};

class Dice {
public:
    explicit Dice(std::uint64_t seed) : engine_(seed) {}

    double Uniform(double low, double high) { return low + (high - low) * unit_(engine_); }
    double Normal(double width) { return width * normal_(engine_); }
    double Exponential() { return exponential_(engine_); }
    int Hadron() { return kHadrons[engine_() % std::size(kHadrons)]; }

    // Inverse of the integral of pt^-(power + 1) between the two bounds.
    double JetPt() {
        const double reach = 1 - std::pow(kJetPtMin / kJetPtMax, kSpectrumPower);
        return kJetPtMin * std::pow(1 - Uniform(0, 1) * reach, -1 / kSpectrumPower);
    }

private:
    std::mt19937_64 engine_;
    std::uniform_real_distribution<double> unit_{0, 1};
    std::normal_distribution<double> normal_{0, 1};
    std::exponential_distribution<double> exponential_{1};
};

class EventBuilder {
public:
    explicit EventBuilder(Dice& dice) : dice_(dice), vertex_(std::make_shared<HepMC3::GenVertex>()) {
        AddBeam(+1);
        AddBeam(-1);
    }

    void AddJet(double pt, Direction axis) {
        const int count = 6 + static_cast<int>(4 * dice_.Exponential());
        std::vector<double> shares(count);
        for (double& share : shares) share = dice_.Exponential();
        const double whole = std::accumulate(shares.begin(), shares.end(), 0.0);
        for (const double share : shares) {
            const double hadron_pt = pt * share / whole * (1 + dice_.Normal(0.05));
            const double eta = axis.eta + dice_.Normal(0.12);
            const double phi = axis.phi + dice_.Normal(0.12);
            if (hadron_pt >= kHadronPtMin) AddHadron(hadron_pt, {eta, phi});
        }
    }

    void AddSoftHadrons() {
        for (int index = 0; index < kSoftHadrons; index++) {
            const double pt = 0.3 + 0.6 * dice_.Exponential();
            const double eta = dice_.Uniform(-4, 4);
            const double phi = dice_.Uniform(0, 2 * kPi);
            AddHadron(pt, {eta, phi});
        }
    }

    HepMC3::GenVertexPtr Vertex() const { return vertex_; }

private:
    void AddBeam(int side) {
        vertex_->add_particle_in(std::make_shared<HepMC3::GenParticle>(
            HepMC3::FourVector(0, 0, side * kBeamEnergy, kBeamEnergy), kProton, kBeam));
    }

    void AddHadron(double pt, Direction way) {
        const HepMC3::FourVector momentum(
            pt * std::cos(way.phi), pt * std::sin(way.phi), pt * std::sinh(way.eta), pt * std::cosh(way.eta));
        vertex_->add_particle_out(
            std::make_shared<HepMC3::GenParticle>(momentum, dice_.Hadron(), kFinalState));
    }

    Dice& dice_;
    HepMC3::GenVertexPtr vertex_;
};

}  // namespace

int main(int count, char** arguments) {
    if (count != 3) {
        std::cerr << "usage: generate EVENTS SEED\n";
        return 2;
    }
    const long events = std::strtol(arguments[1], nullptr, 10);
    Dice dice(std::strtoull(arguments[2], nullptr, 10));
    auto run = std::make_shared<HepMC3::GenRunInfo>();
    run->set_weight_names({"Default"});
    HepMC3::WriterAscii writer(std::cout, run);
    for (long number = 0; number < events; number++) {
        HepMC3::GenEvent event(run, HepMC3::Units::GEV, HepMC3::Units::MM);
        event.set_event_number(static_cast<int>(number));
        event.weights() = {1.0};
        EventBuilder builder(dice);
        const double pt = dice.JetPt();
        const double phi = dice.Uniform(0, 2 * kPi);
        builder.AddJet(pt, {dice.Normal(1.5), phi});
        builder.AddJet(pt, {dice.Normal(1.5), phi + kPi});
        builder.AddSoftHadrons();
        event.add_vertex(builder.Vertex());
        writer.write_event(event);
    }
    writer.close();
    return std::cout.good() ? 0 : 1;
}
