// A street without an end: a ground plane between two rows of houses, tinted by a mask of classes.
in vec2 place; // -1 to 1 across and up
out vec4 color;
uniform float time;
uniform sampler2D mask; // class / 255, rows from the top
uniform float strength;

float noise(float n) { return fract(sin(n * 78.233) * 43758.5453); }

void main()
{
    const float focal = 1.48; // 68 degrees across
    const float eye = 1.6;
    vec3 ray = vec3(place.x, place.y * 0.5625 - 0.045, focal);
    float travel = time * 8.0;
    float x0 = 1.75 + 0.6 * sin(time * 0.7);
    color = vec4(mix(vec3(0.78, 0.86, 0.95), vec3(0.36, 0.58, 0.9), clamp(ray.y * 2.0, 0.0, 1.0)), 1.0);

    float side = ray.x < 0.0 ? -1.0 : 1.0;
    float wall = (side * 9.4 - x0) / ray.x; // where the ray meets the houses
    float along = ray.z * wall + travel;
    float up = eye + ray.y * wall;
    float house = floor(along / 14.0) + side * 100.0;
    if (up > 0.0 && up < 7.0 + 9.0 * noise(house))
    {
        vec3 stone = mix(vec3(0.62, 0.5, 0.42), vec3(0.72, 0.68, 0.62), noise(house + 7.0));
        vec2 window = fract(vec2(along / 2.8, up / 3.0));
        bool glass = window.x > 0.3 && window.x < 0.7 && window.y > 0.35 && window.y < 0.8;
        color.rgb = glass ? vec3(0.2, 0.25, 0.32) : stone;
    }
    else if (ray.y < 0.0)
    {
        float depth = eye / -ray.y;
        float x = x0 + ray.x * depth;
        float z = ray.z * depth + travel;
        float grain = 0.03 * noise(floor(x * 8.0) + 57.0 * floor(z * 8.0));
        color.rgb = abs(x) < 5.6 ? vec3(0.27 + grain) : vec3(0.56 + grain);
        bool middle = abs(x) < 0.08 && fract(z / 6.0) < 0.5;
        bool edge = abs(abs(x) - 3.4) < 0.06;
        color.rgb = middle || edge ? vec3(0.9) : color.rgb;
    }

    float label = 255.0 * texture(mask, vec2(place.x, -place.y) * 0.5 + 0.5).r;
    vec3 tint = 0.5 + 0.5 * cos(6.2832 * (0.381966 * label + vec3(0.0, 0.33, 0.67)));
    color.rgb = mix(color.rgb, tint, strength);
}
