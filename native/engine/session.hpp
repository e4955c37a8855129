// A session runs whole epochs: shuffle, gather a batch, run a step, again; no Python between.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "engine/kernel.hpp"

namespace pellucid {

// Rows of data: `row_bytes` of each, one after the other.
struct Rows {
    const char* data;
    std::int64_t row_bytes;
};

// What stands behind each input of a step: rows of a batch, or a variable's array.
struct Feed {
    bool batch;  // rows gathered from `Rows` number `index`, else variable number `index`
    std::int64_t index;
};

// One batch size: its Program and where its inputs come from. Memory to run in may come with it.
struct Step {
    std::shared_ptr<Program> program;
    std::vector<Feed> feeds;
    std::int64_t rows;
    std::shared_ptr<Frame> frame = nullptr;
};

// What a variable is set to when an epoch begins: a metric's first state.
struct Reset {
    std::int64_t variable;
    std::vector<char> bytes;
};

class Session {
  public:
    Session(std::vector<Step> steps, std::vector<Rows> data, std::int64_t rows,
            std::vector<Reset> resets);

    // Shuffle rows in each epoch: a pure function of seed and epoch. Without it rows keep order.
    void shuffle(std::uint32_t seed, std::uint32_t stream);
    void set_order(const std::int32_t* order);  // of the coming epoch, given by the caller

    // Where the variables are now; they are changed in place.
    void bind(const std::vector<char*>& variables);

    // Goes on from (epoch, batch) for about `seconds`, at most to the end of epoch `last` - 1, or
    // for one step or one epoch. Each ended epoch's logs (the steps' plain outputs as doubles) are
    // appended to `logs`.
    enum class Stop : std::uint8_t { at_time, at_epoch, at_step };
    void run(std::int64_t last, double seconds, Stop stop, std::vector<double>& logs);

    std::int64_t epoch = 0, batch = 0;
    std::int64_t batches() const { return batches_; }
    std::int64_t rows_per_step() const { return steps_[0].step.rows; }
    void current_logs(std::vector<double>& logs) const;
    // When profiling, by kernel of the first step and last for gathering: all time, shortest time.
    std::vector<std::int64_t> times_ns, shortest_ns;
    std::int64_t profiled_steps = 0;
    bool profiling = false;

  private:
    struct Running {
        Step step;
        std::shared_ptr<Frame> frame;
        std::vector<Memory> gathered;    // by feed
        std::vector<std::size_t> twins;  // by feed: the first one of the same rows
        // By feed: where the rows of a batch are, if all that read them can find them there.
        std::vector<std::vector<const void*>> tables;

        void add(std::size_t i, std::int64_t bytes);
    };

    bool read_where_they_are(const Running& running, std::size_t i) const;
    std::int64_t batch_bytes(const Step& step, std::size_t i) const;
    void begin_epoch();
    void one_step();
    void gather(Running& running, std::int64_t first);
    void run_profiled(Running& running, std::int64_t first);

    std::vector<Running> steps_;  // the full batch, and the last part if shorter
    std::vector<Rows> data_;
    std::int64_t rows_, batches_;
    std::vector<Reset> resets_;
    std::vector<char*> variables_;
    bool shuffled_ = false;
    std::uint32_t seed_ = 0, stream_ = 0;
    std::vector<std::int32_t> order_;
    Memory sorting_;
    bool ordered_ = false;
    const Running* latest_ = nullptr;
};

}  // namespace pellucid
