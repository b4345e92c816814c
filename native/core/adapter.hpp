// A low-rank adapter of the weights, as llama.cpp applies it: y = Wx + b·(a·x). What a session is to have on is one
// adapter, whatever it was put together from.
//
// llama.cpp keeps the adapters of a model in one list without a lock and reads it whenever it reserves a graph. So
// they are loaded and freed on the engine's thread alone, under the model's mutex.
#pragma once

#include "model.hpp"

#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

namespace graffiti {

// Adapters that nobody needs any more, until the engine's thread frees them.
class RetiredAdapters {
  public:
    void add(llama_adapter_lora * adapter);
    std::vector<llama_adapter_lora *> take();

  private:
    std::mutex mutex_;
    std::vector<llama_adapter_lora *> adapters_;
};

class Adapter {
  public:
    // From the bytes of an adapter's GGUF file. On the engine's thread only. Throws ERR_ENGRAM_MODEL_MISMATCH when it
    // does not fit the model.
    static std::shared_ptr<const Adapter> load(const Model & model, const std::shared_ptr<RetiredAdapters> & retired, std::span<const uint8_t> file);
    ~Adapter();
    Adapter(const Adapter &) = delete;
    Adapter & operator=(const Adapter &) = delete;

    llama_adapter_lora * handle() const { return handle_; }

  private:
    Adapter(llama_adapter_lora * handle, std::shared_ptr<RetiredAdapters> retired) : handle_(handle), retired_(std::move(retired)) {}

    llama_adapter_lora * handle_;
    std::shared_ptr<RetiredAdapters> retired_;
};

}  // namespace graffiti
