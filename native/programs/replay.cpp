// Runs recorded programs without Python, for sanitizers: replay FILE [TIMES]
// and with words changed at random, to see that nothing crashes: replay --fuzz TRIALS SEED FILE
//
// Every program is run TIMES times here and as often on two more threads at once; what comes out
// must be what was recorded, and the same bits each time. Ends with 1, and a sentence, if not.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <limits>
#include <random>
#include <thread>

#include "recording.hpp"

namespace {

using namespace pellucid;

const char* at(const RunRecording& recorded, const Frame& frame, const Expected& each,
               std::int64_t& size) {
    const Program& program = *recorded.program;
    const bool state = each.which < 0;
    const auto place = static_cast<std::size_t>(state ? -1 - each.which : each.which);
    const std::int32_t slot = (state ? program.inputs : program.outputs).at(place);
    size = program.buffer(slot).bytes();
    return frame.at(slot);
}

// One thread's runs, each from the recorded arrays; the bits that all of them made.
std::vector<Bytes> run(const RunRecording& recorded, int times, bool judged) {
    Frame frame(*recorded.program);
    std::vector<Bytes> first;
    for (int turn = 0; turn < times; ++turn) {
        std::vector<Bytes> inputs = recorded.inputs, made;
        for (std::size_t i = 0; i < inputs.size(); ++i) frame.bind(i, inputs[i].data());
        pellucid::run(*recorded.program, frame);
        for (const Expected& each : recorded.expected) {
            std::int64_t size = 0;
            const char* from = at(recorded, frame, each, size);
            if (judged) each.compare(from, size, "array " + std::to_string(each.which));
            made.emplace_back(from, from + size);
        }
        if (turn == 0)
            first = std::move(made);
        else if (made != first)
            throw PlanError("a second run made other bits than the first");
    }
    return first;
}

// All epochs, from the recorded variables; the variables after them.
std::vector<Bytes> run(const SessionRecording& recorded, int times, bool judged) {
    std::vector<Bytes> first;
    for (int turn = 0; turn < times; ++turn) {
        std::vector<Rows> data;
        for (const Data& each : recorded.data) data.push_back({each.bytes.data(), each.row_bytes});
        Session session(recorded.steps, data, recorded.rows, recorded.resets);
        if (recorded.seed >= 0)
            session.shuffle(static_cast<std::uint32_t>(recorded.seed),
                            static_cast<std::uint32_t>(recorded.stream));
        std::vector<Bytes> variables = recorded.variables;
        std::vector<char*> places;
        for (Bytes& each : variables) places.push_back(each.data());
        session.bind(places);
        std::vector<double> logs;
        session.run(recorded.epochs, std::numeric_limits<double>::infinity(),
                    Session::Stop::at_time, logs);
        if (judged) {
            recorded.logs.compare(reinterpret_cast<const char*>(logs.data()),
                                  static_cast<std::int64_t>(logs.size() * sizeof(double)), "logs");
            for (const Expected& each : recorded.expected) {
                const Bytes& made = variables.at(static_cast<std::size_t>(each.which));
                each.compare(made.data(), static_cast<std::int64_t>(made.size()),
                             "variable " + std::to_string(each.which));
            }
        }
        if (turn == 0)
            first = std::move(variables);
        else if (variables != first)
            throw PlanError("a second run made other bits than the first");
    }
    return first;
}

template <class Recording>
void run_everywhere(const Recording& recorded, int times) {
    const std::vector<Bytes> here = run(recorded, times, true);
    std::vector<Bytes> there[2];
    std::exception_ptr errors[2];
    std::vector<std::thread> threads;
    for (int i = 0; i < 2; ++i)
        threads.emplace_back([&, i] {
            try {
                there[i] = run(recorded, times, true);
            } catch (...) {
                errors[i] = std::current_exception();
            }
        });
    for (std::thread& each : threads) each.join();
    for (int i = 0; i < 2; ++i) {
        if (errors[i]) std::rethrow_exception(errors[i]);
        if (there[i] != here) throw PlanError("another thread made other bits");
    }
}

int replay(const char* path, int times) {
    int count = 0;
    for (const std::vector<std::int64_t>& recording : read_file(path)) {
        Words words(recording);
        const std::string name = words.text();
        try {
            if (words.next() == 0)
                run_everywhere(RunRecording(words), times);
            else
                run_everywhere(SessionRecording(words), times);
        } catch (const std::exception& error) {
            throw PlanError(name + ": " + error.what());
        }
        ++count;
    }
    if (count == 0) throw PlanError("nothing is recorded here");
    std::printf("%d recordings ran %d times on each of 3 threads\n", count, times);
    return 0;
}

// Fuzzing -----------------------------------------------------------------------------------------

constexpr int REFUSED = 10, TOO_LARGE = 11;

std::int64_t memory_of(const Program& program) {
    std::int64_t bytes = program.arena_bytes + program.scratch_bytes;
    for (const Instruction& step : program.instructions)
        for (const auto& body : step.bodies) bytes += memory_of(*body);
    return bytes;
}

void leave_if_large(const Program& program) {
    if (memory_of(program) > 1 << 28) std::_Exit(TOO_LARGE);
}

// In a process of its own: run the words, whatever they say.
[[noreturn]] void attempt(const std::vector<std::int64_t>& recording) {
    const rlimit limit{2, 2};  // seconds
    setrlimit(RLIMIT_CPU, &limit);
    try {
        Words words(recording);
        words.text();
        if (words.next() == 0) {
            const RunRecording recorded(words);
            leave_if_large(*recorded.program);
            run(recorded, 1, false);
        } else {
            SessionRecording recorded(words);
            for (const Step& step : recorded.steps) leave_if_large(*step.program);
            recorded.epochs = 1;
            run(recorded, 1, false);
        }
    } catch (const std::exception& error) {
        if (std::getenv("REPLAY_SAYS")) std::fprintf(stderr, "refused: %s\n", error.what());
        std::_Exit(REFUSED);
    }
    std::_Exit(0);
}

using Dice = std::mt19937_64;

void change(std::vector<std::int64_t>& words, Dice& dice) {
    const std::int64_t odd[] = {0, 1, -1, 2, 7, 255, 1ll << 31, 1ll << 62, INT64_MIN, INT64_MAX};
    const auto size = words.size();
    // Half of the changes hit the beginning, where the program stands.
    std::int64_t& word = words[dice() % (dice() % 2 ? size : std::min<std::size_t>(size, 600))];
    switch (dice() % 6) {
        case 0: word = odd[dice() % 10]; break;
        case 1: word = static_cast<std::int64_t>(static_cast<std::uint64_t>(word) + 1); break;
        case 2: word = static_cast<std::int64_t>(static_cast<std::uint64_t>(word) - 1); break;
        case 3: word ^= static_cast<std::int64_t>(std::uint64_t{1} << dice() % 64); break;
        case 4: word = words[dice() % size]; break;
        default:
            if (dice() % 8 == 0)
                words.resize(1 + dice() % size);
            else
                word = static_cast<std::int64_t>(dice() % 64);
    }
}

int fuzz(const char* path, long trials, unsigned long seed) {
    const auto recordings = read_file(path);
    if (recordings.empty()) throw PlanError("nothing is recorded here");
    long ran = 0, refused = 0, others = 0;
    for (long trial = 0; trial < trials; ++trial) {
        Dice dice(seed * 1000003 + static_cast<unsigned long>(trial));
        std::vector<std::int64_t> words = recordings[dice() % recordings.size()];
        for (auto n = 1 + dice() % 3; n > 0 && !words.empty(); --n) change(words, dice);
        std::fflush(nullptr);
        const pid_t child = fork();
        if (child < 0) throw PlanError("no more processes");
        if (child == 0) attempt(words);
        int status = 0;
        waitpid(child, &status, 0);
        const bool slow =
            WIFSIGNALED(status) && (WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGKILL);
        const int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
        ran += code == 0, refused += code == REFUSED, others += slow || code == TOO_LARGE;
        if (slow || code == 0 || code == REFUSED || code == TOO_LARGE) continue;
        throw PlanError("trial " + std::to_string(trial) + " of seed " + std::to_string(seed) +
                        (WIFSIGNALED(status) ? " died of signal " + std::to_string(WTERMSIG(status))
                                             : " ended with " + std::to_string(code)));
    }
    std::printf("%ld changed recordings: %ld ran, %ld refused, %ld too large or too slow\n", trials,
                ran, refused, others);
    return 0;
}

}  // namespace

int main(int count, char** arguments) {
    try {
        if (count == 5 && std::string(arguments[1]) == "--fuzz")
            return fuzz(arguments[4], std::atol(arguments[2]),
                        std::strtoul(arguments[3], nullptr, 10));
        if (count == 2 || count == 3)
            return replay(arguments[1], count == 3 ? std::atoi(arguments[2]) : 2);
        std::fprintf(stderr, "replay FILE [TIMES]  or  replay --fuzz TRIALS SEED FILE\n");
    } catch (const std::exception& error) {
        std::fprintf(stderr, "replay: %s\n", error.what());
    }
    return 1;
}
