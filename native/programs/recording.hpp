// What tests/engines/record_programs.py writes: programs with the arrays that they are run on and
// what the reference engine made of them. All is 64-bit words; a list begins with its length.
//
// A file: FIRST_WORD, then recordings, each a list of words:
//   name (text), 0: program (list), constants (bytes), inputs (bytes each), expected
//   name (text), 1: steps (program, constants, rows, list of feeds: 1 or 0, index), rows, data
//     (bytes of a row, bytes), seed (-1: no shuffling), stream, variables (bytes), resets
//     (variable, bytes), epochs, expected logs, expected variables
// where bytes are their number and a list of words that hold them; several of a thing begin with
// how many; and what is expected is: which array, dtype, bytes, relative and absolute tolerance.
#pragma once

#include <cmath>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include "engine/session.hpp"

namespace pellucid {

constexpr std::int64_t FIRST_WORD = 0x646963756c6c6570;  // "pellucid"

using Bytes = std::vector<char>;

inline Bytes read_bytes(Words& words) {
    const std::size_t size = words.size();
    const std::vector<std::int64_t> all = words.list();
    if (all.size() != (size + 7) / 8) throw PlanError("a recording has bytes of another number");
    Bytes bytes(size);
    if (size > 0) std::memcpy(bytes.data(), all.data(), size);
    return bytes;
}

template <class F>
auto read_several(Words& words, const F& read) {
    std::vector<decltype(read(words))> all;
    for (std::size_t n = words.size(); n > 0; --n) all.push_back(read(words));
    return all;
}

// An array that a run must have made.
struct Expected {
    std::int64_t which;  // an output, or -1 - an input that is changed in place
    DType dtype;
    Bytes bytes;
    double relative, absolute;

    static Expected read(Words& words) {
        Expected all;
        all.which = words.next();
        const std::size_t dtype = words.size();
        if (dtype > static_cast<std::size_t>(DType::f64)) throw PlanError("an unknown dtype");
        all.dtype = static_cast<DType>(dtype);
        all.bytes = read_bytes(words);
        all.relative = words.number();
        all.absolute = words.number();
        return all;
    }

    // Throws a sentence unless every number is as near as it must be.
    void compare(const char* made, std::int64_t size, const std::string& what) const {
        if (size != static_cast<std::int64_t>(bytes.size()))
            throw PlanError(what + " has another size than what was recorded");
        if (dtype == DType::f32) return compare_floats<float>(made, what);
        if (dtype == DType::f64) return compare_floats<double>(made, what);
        if (!bytes.empty() && std::memcmp(made, bytes.data(), bytes.size()) != 0)
            throw PlanError(what + " differs from what was recorded");
    }

  private:
    template <class T>
    void compare_floats(const char* made, const std::string& what) const {
        for (std::size_t i = 0; i + sizeof(T) <= bytes.size(); i += sizeof(T)) {
            T got, want;
            std::memcpy(&got, made + i, sizeof(T));
            std::memcpy(&want, bytes.data() + i, sizeof(T));
            const double error = std::fabs(static_cast<double>(got) - static_cast<double>(want));
            const bool same = got == want || (std::isnan(got) && std::isnan(want));
            if (!same && !(error <= absolute + relative * std::fabs(static_cast<double>(want))))
                throw PlanError(what + ", number " + std::to_string(i / sizeof(T)) + ", is " +
                                std::to_string(got) + ", but " + std::to_string(want) +
                                " was recorded");
        }
    }
};

inline std::shared_ptr<Program> read_program(Words& words) {
    const std::vector<std::int64_t> all = words.list();
    return std::make_shared<Program>(all, read_bytes(words));
}

// One run of one program.
struct RunRecording {
    std::shared_ptr<Program> program;
    std::vector<Bytes> inputs;
    std::vector<Expected> expected;

    explicit RunRecording(Words& words)
        : program(read_program(words)),
          inputs(read_several(words, read_bytes)),
          expected(read_several(words, Expected::read)) {
        if (inputs.size() != program->inputs.size())
            throw PlanError("a recording gives the wrong number of arrays");
        for (std::size_t i = 0; i < inputs.size(); ++i)
            if (program->buffer(program->inputs[i]).bytes() !=
                static_cast<std::int64_t>(inputs[i].size()))
                throw PlanError("a recording gives an array of the wrong size");
    }
};

struct Data {
    std::int64_t row_bytes;
    Bytes bytes;
};

// Some epochs of a session.
struct SessionRecording {
    std::vector<Step> steps;
    std::int64_t rows;
    std::vector<Data> data;
    std::int64_t seed, stream;
    std::vector<Bytes> variables;
    std::vector<Reset> resets;
    std::int64_t epochs;
    Expected logs;
    std::vector<Expected> expected;

    explicit SessionRecording(Words& words);

  private:
    static Step read_step(Words& words);
    void check() const;
};

inline Step SessionRecording::read_step(Words& words) {
    Step step;
    step.program = read_program(words);
    step.rows = words.next();
    const std::vector<std::int64_t> feeds = words.list();
    for (std::size_t i = 0; i + 1 < feeds.size(); i += 2)
        step.feeds.push_back({feeds[i] != 0, feeds[i + 1]});
    return step;
}

inline SessionRecording::SessionRecording(Words& words)
    : steps(read_several(words, read_step)), rows(words.next()) {
    data = read_several(words, [](Words& from) {
        const std::int64_t row_bytes = from.next();
        return Data{row_bytes, read_bytes(from)};
    });
    seed = words.next(), stream = words.next();
    variables = read_several(words, read_bytes);
    resets = read_several(words, [](Words& from) {
        const std::int64_t variable = from.next();
        return Reset{variable, read_bytes(from)};
    });
    epochs = words.next();
    logs = Expected::read(words);
    expected = read_several(words, Expected::read);
    check();
}

// A Session trusts its caller about how long the arrays are that it is given; so they are measured.
inline void SessionRecording::check() const {
    bool fine = epochs > 0 && rows > 0;
    for (const Data& each : data)
        fine = fine && each.row_bytes >= 0 &&
               count_of({each.row_bytes, rows}) == static_cast<std::int64_t>(each.bytes.size());
    const auto known = [](std::int64_t i, std::size_t size) {
        return i >= 0 && i < static_cast<std::int64_t>(size);
    };
    const auto measure = [&](std::int64_t variable, std::int64_t size) {
        fine =
            fine && known(variable, variables.size()) &&
            static_cast<std::int64_t>(variables[static_cast<std::size_t>(variable)].size()) == size;
    };
    for (const Step& step : steps)
        for (std::size_t i = 0; i < step.feeds.size() && i < step.program->inputs.size(); ++i)
            if (!step.feeds[i].batch)
                measure(step.feeds[i].index, step.program->buffer(step.program->inputs[i]).bytes());
    for (const Reset& each : resets)
        measure(each.variable, static_cast<std::int64_t>(each.bytes.size()));
    for (const Expected& each : expected)
        measure(each.which, static_cast<std::int64_t>(each.bytes.size()));
    if (!fine) throw PlanError("a recording gives a session arrays of the wrong size");
}

// The recordings of a file, each as words.
inline std::vector<std::vector<std::int64_t>> read_file(const char* path) {
    std::ifstream file(path, std::ios::binary | std::ios::ate);
    if (!file) throw PlanError("there is no such file, or it may not be read");
    const std::streamoff size = file.tellg();
    if (size < 8 || size % 8 != 0) throw PlanError("this is no file of recordings");
    std::vector<std::int64_t> all(static_cast<std::size_t>(size) / 8);
    file.seekg(0);
    file.read(reinterpret_cast<char*>(all.data()), size);
    Words words(all);
    if (words.next() != FIRST_WORD) throw PlanError("this is no file of recordings");
    return read_several(words, [](Words& from) { return from.list(); });
}

}  // namespace pellucid
