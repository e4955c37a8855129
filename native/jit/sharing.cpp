// Equal bodies run the same machine code. A net of a hundred equal layers needs the code of one: it
// is made once, and stays in the caches while the layers take turns.
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <string>
#include <unordered_map>

#include "jit/generate.hpp"

namespace pellucid {

namespace {

using Shared = std::shared_ptr<const BlockFunction>;

// From here on more columns make no other code: four of the widest vectors.
constexpr std::int64_t ALL_COLUMNS = 64;

class Key {
  public:
    template <typename T>
    Key& add(T value) {
        const auto* bytes = reinterpret_cast<const char*>(&value);
        text.append(bytes, sizeof value);
        return *this;
    }

    std::string text;
};

// Everything that the code depends on, field by field: the padding between them says nothing.
std::string key_of(const Body& body, Isa isa, std::int64_t columns) {
    Key key;
    key.add(isa).add(std::min(columns, ALL_COLUMNS));
    key.add(body.nodes.size()).add(body.sources.size()).add(body.targets.size());
    for (const Node& each : body.nodes)
        key.add(each.op)
            .add(each.dtype)
            .add(each.a)
            .add(each.b)
            .add(each.c)
            .add(each.number)
            .add(each.integer);
    for (const Source& each : body.sources) key.add(each.dtype).add(each.column_step);
    for (const Target& each : body.targets)
        key.add(each.node).add(each.reduce).add(each.column_step);
    return key.text;
}

// What somebody still runs, by its key.
class Known {
  public:
    Shared find(const std::string& key) {
        const std::lock_guard<std::mutex> lock(mutex_);
        const auto found = known_.find(key);
        return found == known_.end() ? nullptr : found->second.lock();
    }

    Shared keep(const std::string& key, std::unique_ptr<BlockFunction> made) {
        const Shared shared(made.release(), [this, key](const BlockFunction* last) {
            delete last;
            forget(key);
        });
        const std::lock_guard<std::mutex> lock(mutex_);
        known_[key] = shared;
        return shared;
    }

  private:
    void forget(const std::string& key) {
        const std::lock_guard<std::mutex> lock(mutex_);
        const auto found = known_.find(key);  // another may have been made in the meantime
        if (found != known_.end() && found->second.expired()) known_.erase(found);
    }

    std::mutex mutex_;
    std::unordered_map<std::string, std::weak_ptr<const BlockFunction>> known_;
};

bool switched_off() {
    const char* wanted = std::getenv("PELLUCID_JIT");
    return wanted != nullptr && std::strcmp(wanted, "off") == 0;
}

}  // namespace

Shared generate(const Body& body, std::int64_t columns) {
    static Known& known = *new Known;  // for functions that outlive everything else
    if (switched_off()) return nullptr;
    const std::string key = key_of(body, isa(), columns);
    if (Shared shared = known.find(key)) return shared;
    auto made = jit::generate_for(body, isa(), columns);
    return made ? known.keep(key, std::move(made)) : nullptr;
}

}  // namespace pellucid
