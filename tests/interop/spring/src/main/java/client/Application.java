// SPDX-License-Identifier: Apache-2.0
package client;

import java.util.Map;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.Order;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClient;
import org.springframework.security.oauth2.client.annotation.RegisteredOAuth2AuthorizedClient;
import org.springframework.security.oauth2.client.oidc.web.logout.OidcClientInitiatedLogoutSuccessHandler;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.client.web.DefaultOAuth2AuthorizationRequestResolver;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizationRequestCustomizers;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Spring Security as its reference has it: /api for tokens, everything else for browsers that have logged in. */
@SpringBootApplication
@RestController
public class Application {
    public static void main(String[] arguments) {
        SpringApplication.run(Application.class, arguments);
    }

    @Bean
    @Order(1)
    SecurityFilterChain api(HttpSecurity http) throws Exception {
        return http.securityMatcher("/api/**")
            .authorizeHttpRequests(requests -> requests
                .requestMatchers("/api/mail").hasAuthority("SCOPE_email")
                .anyRequest().hasAuthority("SCOPE_nobody"))
            .oauth2ResourceServer(server -> server.jwt(Customizer.withDefaults()))
            .build();
    }

    @Bean
    @Order(2)
    SecurityFilterChain pages(HttpSecurity http, ClientRegistrationRepository clients) throws Exception {
        var request = new DefaultOAuth2AuthorizationRequestResolver(clients, "/oauth2/authorization");
        request.setAuthorizationRequestCustomizer(OAuth2AuthorizationRequestCustomizers.withPkce());
        var logout = new OidcClientInitiatedLogoutSuccessHandler(clients);
        logout.setPostLogoutRedirectUri("{baseUrl}/left");
        return http
            .authorizeHttpRequests(requests -> requests
                .requestMatchers("/left").permitAll()
                .anyRequest().authenticated())
            .oauth2Login(login -> login.authorizationEndpoint(
                endpoint -> endpoint.authorizationRequestResolver(request)))
            .oidcLogout(told -> told.backChannel(Customizer.withDefaults()))
            .logout(leaving -> leaving.logoutSuccessHandler(logout))
            .build();
    }

    @GetMapping("/me")
    Map<String, Object> me(@AuthenticationPrincipal OidcUser user) {
        return Map.of("sub", user.getSubject(), "email", user.getEmail());
    }

    /** The access token, which is refreshed within its last minute. */
    @GetMapping("/token")
    String token(@RegisteredOAuth2AuthorizedClient("ostiary") OAuth2AuthorizedClient client) {
        return client.getAccessToken().getTokenValue();
    }

    @GetMapping("/left")
    String left() {
        return "left";
    }

    @GetMapping({"/api/mail", "/api/other"})
    Map<String, Object> mail(@AuthenticationPrincipal Jwt token) {
        return Map.of("email", token.getClaimAsString("email"));
    }
}
