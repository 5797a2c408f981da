// Parts of a picture's rectangle, an instance each. With FLAT defined, a part has one colour.
layout(location = 0) in vec4 aPart; // left, top, right, bottom, 0..1 of the rectangle
layout(location = 1) in float aValue; // class index

uniform vec4 uRectangle; // as in picture.vert
uniform vec2 uTargetSize;
uniform float uUp;

#ifdef FLAT
uniform sampler2D uPalette; // 256 x 1, straight alpha
uniform float uFill; // opacity of the area
flat out vec4 vColor; // premultiplied
#else
out vec2 vPosition; // 0..1 from the top left corner of the rectangle
#endif

void main()
{
    // Neighbours have the same numbers on their common edge: no gap, no pixel twice.
    vec2 position = vec2(
        (gl_VertexID & 1) == 0 ? aPart.x : aPart.z, (gl_VertexID >> 1) == 0 ? aPart.y : aPart.w);
    vec2 clip = (uRectangle.xy + position * uRectangle.zw) / uTargetSize * 2.0 - 1.0;
    gl_Position = vec4(clip.x, -clip.y * uUp, 0.0, 1.0);
#ifdef FLAT
    vec4 color = texelFetch(uPalette, ivec2(int(aValue + 0.5), 0), 0);
    vColor = vec4(color.rgb * color.a, color.a) * uFill;
    if (vColor.a == 0.0)
    {
        // Nothing is to be seen of it: all four corners are one point.
        gl_Position = vec4(2.0, 2.0, 0.0, 1.0);
    }
#else
    vPosition = position;
#endif
}
