// SPDX-License-Identifier: Apache-2.0
// One Slot for each thread that asks for one, found again without a lock.
#pragma once

#include <atomic>
#include <new>

namespace ridge::inject {

/// Slots are never freed: a thread that ends leaves its own to the next one that asks, which gets it after a
/// call of Slot::handOver(). Neither side takes a lock, so that a child made by fork() may end its threads.
template <class Slot>
class ThreadSlots {
 public:
    /// The calling thread's; nullptr when there is no memory for it.
    [[nodiscard]] static Slot* mine() noexcept { return own != nullptr ? &own->slot : take(); }

    /// Calls `visit` with every slot there is, those that no thread has included.
    template <class Visit>
    static void visitAll(Visit visit) {
        for (Node* node = first.load(std::memory_order_acquire); node != nullptr; node = node->next)
            visit(node->slot);
    }

 private:
    struct Node {
        Slot slot;
        std::atomic<bool> taken{true};
        Node* next = nullptr;
    };
    struct Lease {
        Node* node = nullptr;
        Lease() = default;
        Lease(const Lease&) = delete;
        Lease& operator=(const Lease&) = delete;
        ~Lease() {
            own = nullptr;
            if (node != nullptr) node->taken.store(false, std::memory_order_release);
        }
    };

    static Node* reuse() noexcept {
        for (Node* node = first.load(std::memory_order_acquire); node != nullptr; node = node->next) {
            if (!node->taken.exchange(true, std::memory_order_acquire)) return node;
        }
        return nullptr;
    }
    static Node* add() noexcept {
        auto* node = new (std::nothrow) Node;
        if (node == nullptr) return nullptr;
        node->next = first.load(std::memory_order_relaxed);
        while (!first.compare_exchange_weak(node->next, node, std::memory_order_release)) {
        }
        return node;
    }
    static Slot* take() noexcept {
        static thread_local Lease lease;
        own = reuse();
        if (own == nullptr) own = add();
        lease.node = own;
        if (own == nullptr) return nullptr;
        own->slot.handOver();
        return &own->slot;
    }

    inline static std::atomic<Node*> first{nullptr};
    // A function call less for each launch. It takes of a reserve that all libraries of a process share: a
    // pointer is all there may be of this kind.
    [[gnu::tls_model("initial-exec")]] inline static thread_local constinit Node* own = nullptr;
};

}  // namespace ridge::inject
