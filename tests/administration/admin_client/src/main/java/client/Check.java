// SPDX-License-Identifier: Apache-2.0
package client;

import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import java.util.Collection;
import java.util.Objects;
import java.util.function.Function;
import org.keycloak.admin.client.CreatedResponseUtil;

/** Steps that are told in lines, and what must hold in them. */
final class Check {
    interface Work {
        void run() throws Exception;
    }

    private int failures;

    /** Does one step; a failure is told, and the next step begins. */
    void step(String name, Work work) {
        try {
            work.run();
            System.out.println("ok " + name);
        } catch (Exception | AssertionError failure) {
            failures++;
            System.out.println("failed " + name + ": " + failure + answer(failure));
            failure.printStackTrace(System.out);
        }
    }

    /** The same for what a server may be without: it says so with 501. */
    void optional(String name, Work work) {
        step(name, () -> {
            try {
                work.run();
            } catch (WebApplicationException absent) {
                if (absent.getResponse().getStatus() != 501)
                    throw absent;
                System.out.println("absent " + name);
            }
        });
    }

    void end() {
        System.out.println(failures + " failed");
        System.exit(failures == 0 ? 0 : 1);
    }

    private static String answer(Throwable failure) {
        if (!(failure instanceof WebApplicationException refused))
            return "";
        try {
            return " " + refused.getResponse().readEntity(String.class);
        } catch (IllegalStateException read) {
            return "";
        }
    }

    static void holds(boolean condition, Object seen) {
        if (!condition)
            throw new AssertionError(seen);
    }

    static void same(Object wanted, Object seen) {
        if (!Objects.equals(wanted, seen))
            throw new AssertionError("wanted " + wanted + ", seen " + seen);
    }

    static void refused(int status, Work work) throws Exception {
        try {
            work.run();
        } catch (WebApplicationException refused) {
            same(status, refused.getResponse().getStatus());
            return;
        }
        throw new AssertionError("not refused with " + status);
    }

    /** The id of what was made. */
    static String made(Response response) {
        try (response) {
            return CreatedResponseUtil.getCreatedId(response);
        }
    }

    static String status(int wanted, Response response) {
        try (response) {
            String body = response.readEntity(String.class);
            if (response.getStatus() == 501)
                throw new WebApplicationException(body, 501);
            if (response.getStatus() != wanted)
                throw new AssertionError("wanted " + wanted + ", seen " + response.getStatus() + " " + body);
            return body;
        }
    }

    static <T> T find(Collection<T> all, Function<T, String> name, String wanted) {
        return all.stream().filter(one -> wanted.equals(name.apply(one))).findFirst()
            .orElseThrow(() -> new AssertionError("no " + wanted + " among " + all.stream().map(name).toList()));
    }

    static <T> boolean has(Collection<T> all, Function<T, String> name, String wanted) {
        return all.stream().anyMatch(one -> wanted.equals(name.apply(one)));
    }
}
