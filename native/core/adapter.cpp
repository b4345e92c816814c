#include "adapter.hpp"

#include "backend.hpp"
#include "error.hpp"

#include <cstdio>
#include <utility>

namespace graffiti {

void RetiredAdapters::add(llama_adapter_lora * adapter) {
    const std::lock_guard lock(mutex_);
    adapters_.push_back(adapter);
}

std::vector<llama_adapter_lora *> RetiredAdapters::take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(adapters_, {});
}

std::shared_ptr<const Adapter> Adapter::load(const Model & model, const std::shared_ptr<RetiredAdapters> & retired, std::span<const uint8_t> file) {
    // llama.cpp reads adapters from files only; this one has no name.
    const std::unique_ptr<FILE, int (*)(FILE *)> stream(std::tmpfile(), &std::fclose);
    if (!stream || std::fwrite(file.data(), 1, file.size(), stream.get()) != file.size() || std::fflush(stream.get()) != 0) {
        throw Error("ERR_NATIVE", "A temporary file of " + std::to_string(file.size()) + " bytes could not be written");
    }
    std::rewind(stream.get());
    take_backend_errors();
    const std::lock_guard lock(model.adapter_mutex());
    llama_adapter_lora * handle = llama_adapter_lora_init_from_file_ptr(model.handle(), stream.get());
    if (handle == nullptr) {
        throw Error("ERR_ENGRAM_MODEL_MISMATCH", "The adapter does not fit this model: " + take_backend_errors());
    }
    return std::shared_ptr<const Adapter>(new Adapter(handle, retired));  // the constructor is private
}

Adapter::~Adapter() {
    retired_->add(handle_);
}

}  // namespace graffiti
