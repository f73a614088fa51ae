#include "core/error.h"
#include "support/catch.h"
#include "support/connector_case.h"

using namespace larum;
using namespace larum::test;

TEST_CASE("every connector does with the answers it has met what its cases say", "[connectors][cases]") {
    for (const auto& ground : kind_grounds())
        for (const auto& [name, one] : cases_of(ground)) {
            INFO("case " << ground.kind << "/" << name);
            try {
                run_connector_case(ground, one);
            } catch (const std::exception& error) { // Catch2's own failures are none
                FAIL_CHECK(error.what());
            }
        }
}
