// cluster < EVENTS > HISTOGRAMS: anti-kt jets of HepMC3 ASCII events by FastJet, as histograms in JSON.
#include <cstdio>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "HepMC3/GenEvent.h"
#include "HepMC3/GenParticle.h"
#include "HepMC3/ReaderAscii.h"
#include "fastjet/ClusterSequence.hh"

namespace {

constexpr double kRadius = 0.4;
constexpr double kJetPtMin = 20;
constexpr int kFinalState = 1;

// Equal bins between two bounds, and one more on each side for what falls out.
class Histogram {
public:
    Histogram(std::string name, int bins, double low, double high)
        : name_(std::move(name)), bins_(bins), low_(low), high_(high), contents_(bins + 2) {}

    void Fill(double value) {
        entries_++;
        contents_[BinOf(value)]++;
        if (value < low_ || value >= high_) return;
        sum_ += value;
        sum_of_squares_ += value * value;
    }

    // Seventeen digits bring back the same number when read.
    void Print() const {
        std::printf("    {\"name\": \"%s\", \"bins\": %d, \"low\": %.17g, \"high\": %.17g,\n", name_.c_str(), bins_,
                    low_, high_);
        std::printf("     \"entries\": %ld, \"sum\": %.17g, \"sumOfSquares\": %.17g,\n     \"contents\": [", entries_,
                    sum_, sum_of_squares_);
        for (std::size_t index = 0; index < contents_.size(); index++)
            std::printf(index == 0 ? "%ld" : ", %ld", contents_[index]);
        std::printf("]}");
    }

private:
    std::size_t BinOf(double value) const {
        if (value < low_) return 0;
        if (value >= high_) return bins_ + 1;
        return 1 + static_cast<std::size_t>((value - low_) / (high_ - low_) * bins_);
    }

    std::string name_;
    int bins_;
    double low_;
    double high_;
    std::vector<long> contents_;
    long entries_ = 0;
    double sum_ = 0;
    double sum_of_squares_ = 0;
};

std::vector<fastjet::PseudoJet> FinalState(const HepMC3::GenEvent& event) {
    std::vector<fastjet::PseudoJet> found;
    for (const auto& particle : event.particles()) {
        if (particle->status() != kFinalState) continue;
        const auto& momentum = particle->momentum();
        found.emplace_back(momentum.px(), momentum.py(), momentum.pz(), momentum.e());
    }
    return found;
}

}  // namespace

int main() {
    fastjet::ClusterSequence::set_fastjet_banner_stream(nullptr);
    const fastjet::JetDefinition anti_kt(fastjet::antikt_algorithm, kRadius);
    HepMC3::ReaderAscii reader(std::cin);
    Histogram leading("leadingJetPt", 100, 0, 500);
    Histogram dijet("dijetMass", 100, 0, 1000);
    Histogram count("jetCount", 20, 0, 20);
    long events = 0;
    std::size_t particles = 0;
    while (!reader.failed()) {
        HepMC3::GenEvent event;
        reader.read_event(event);
        if (reader.failed()) break;
        const auto input = FinalState(event);
        const fastjet::ClusterSequence sequence(input, anti_kt);
        const auto jets = fastjet::sorted_by_pt(sequence.inclusive_jets(kJetPtMin));
        events++;
        particles += input.size();
        count.Fill(static_cast<double>(jets.size()));
        if (!jets.empty()) leading.Fill(jets[0].pt());
        if (jets.size() > 1) dijet.Fill((jets[0] + jets[1]).m());
    }
    std::printf("{\n  \"events\": %ld,\n  \"particles\": %zu,\n  \"histograms\": [\n", events, particles);
    leading.Print();
    std::printf(",\n");
    dijet.Print();
    std::printf(",\n");
    count.Print();
    std::printf("\n  ]\n}\n");
    return std::fflush(stdout) == 0 ? 0 : 1;
}
